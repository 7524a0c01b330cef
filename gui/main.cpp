// nalasr-viewer: the window, or with --worker the child process that does its work.
#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>
#include <QLibraryInfo>
#include <QTimer>
#include <QTranslator>
#include <cstring>

#include "jobs/worker_main.h"
#include "nalasr/version.h"
#include "window/main_window.h"

namespace {

void install_translations(QApplication& app) {
  static QTranslator own, qt;
  const QLocale locale;
  if (qt.load(locale, "qtbase", "_", QLibraryInfo::path(QLibraryInfo::TranslationsPath))) app.installTranslator(&qt);
  // English has only its plurals there; it stands in for languages that are missing.
  if (own.load(locale, "nalasr-viewer", "_", ":/translations") || own.load(":/translations/nalasr-viewer_en.qm")) {
    app.installTranslator(&own);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], nalasr::gui::kWorkerOption) == 0) return nalasr::gui::worker_main();

  QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
  QApplication app(argc, argv);
  // Organisation and name say where settings and the cache lie; the desktop file's name is the program's identity.
  QApplication::setOrganizationName(QStringLiteral("nalasr"));
  QApplication::setApplicationName(QStringLiteral("nalasr-viewer"));
  QApplication::setApplicationVersion(QString::fromStdString(nalasr::build_info().version));
  QGuiApplication::setDesktopFileName(QStringLiteral("io.github.nalasr.Viewer"));
  QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/io.github.nalasr.Viewer.svg")));
  install_translations(app);

  QCommandLineParser parser;
  parser.setApplicationDescription(QApplication::translate("main", "Upscales pictures and compares before and after."));
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument(QStringLiteral("FILE"), QApplication::translate("main", "pictures or folders to open"),
                               QStringLiteral("[FILE...]"));
  parser.process(app);

  nalasr::gui::MainWindow window;
  window.show();
  const QStringList files = parser.positionalArguments();
  if (!files.isEmpty()) QTimer::singleShot(0, &window, [&window, files] { window.open(files); });
  return QApplication::exec();
}
