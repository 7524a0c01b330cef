#include "jobs/result_folder.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace nalasr::gui {
namespace {

constexpr char kPrefix[] = "results-";

// What crashed processes have left: results can be gigabytes.
void remove_orphans(QDir parent) {
  for (const QString& name : parent.entryList({QLatin1String(kPrefix) + '*'}, QDir::Dirs)) {
    const QString process = name.section('-', 1, 1);
    if (!QFileInfo::exists("/proc/" + process)) QDir(parent.filePath(name)).removeRecursively();
  }
}

}  // namespace

ResultFolder::ResultFolder() {
  // Not the system's folder for temporary files: that may be main memory.
  const QDir parent(QStandardPaths::writableLocation(QStandardPaths::CacheLocation));
  static int serial = 0;
  path_ = parent.filePath(QLatin1String(kPrefix) + QString::number(QCoreApplication::applicationPid()) + '-' +
                          QString::number(++serial));
}

ResultFolder::~ResultFolder() {
  if (count_ > 0) QDir(path_).removeRecursively();
}

QString ResultFolder::new_file(const QString& input) {
  if (count_ == 0) {
    remove_orphans(QFileInfo(path_).dir());
    QDir().mkpath(path_);
  }
  return QDir(path_).filePath(
      QStringLiteral("%1-%2.png").arg(++count_).arg(QFileInfo(input).completeBaseName().left(60)));
}

}  // namespace nalasr::gui
