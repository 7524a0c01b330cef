// MainWindow's ways in and out: opening, dropping, pasting, saving, closing.
#include <QApplication>
#include <QClipboard>
#include <QCloseEvent>
#include <QDateTime>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QImage>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QThreadPool>

#include "jobs/output_naming.h"
#include "window/comparison.h"
#include "window/main_window.h"
#include "window/queue_panel.h"
#include "window/side_panel.h"

namespace nalasr::gui {
namespace {

QString cache_folder() { return QStandardPaths::writableLocation(QStandardPaths::CacheLocation); }

QStringList local_files(const QMimeData& data) {
  QStringList files;
  for (const QUrl& url : data.urls()) {
    if (url.isLocalFile()) files.append(url.toLocalFile());
  }
  return files;
}

}  // namespace

void MainWindow::open_dialog() {
  const QStringList files = QFileDialog::getOpenFileNames(
      this, tr("Open pictures"), Settings::last_folder(),
      tr("Pictures (*.png *.jpg *.jpeg *.webp *.tif *.tiff *.bmp *.jp2 *.pgm *.ppm *.pnm);;All files (*)"), nullptr,
      QFileDialog::HideNameFilterDetails);
  if (!files.isEmpty()) open(files);
}

void MainWindow::open_folder_dialog() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Open a folder"), Settings::last_folder());
  if (!folder.isEmpty()) open({folder});
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  const QMimeData& offered = *event->mimeData();
  if (local_files(offered).isEmpty() && !offered.hasImage()) return;  // a link into the web, say
  event->setDropAction(Qt::CopyAction);  // where it is offered; else what is proposed stays
  event->accept();
}

void MainWindow::dropEvent(QDropEvent* event) {
  if (!open_data(*event->mimeData())) return;
  // Never a move, also where nothing else is offered: after one the other program may throw its files away.
  event->setDropAction(event->possibleActions() & Qt::CopyAction ? Qt::CopyAction : Qt::IgnoreAction);
  event->accept();
}

void MainWindow::paste() {
  const QMimeData* clipboard = QApplication::clipboard()->mimeData();
  if (clipboard != nullptr && !open_data(*clipboard)) tell(tr("There is no picture on the clipboard"));
}

bool MainWindow::open_data(const QMimeData& offered) {
  if (const QStringList files = local_files(offered); !files.isEmpty()) {
    open(files);
    return true;
  }
  const QImage image = qvariant_cast<QImage>(offered.imageData());
  if (image.isNull()) return false;
  const QDir folder(cache_folder() + "/pasted");
  QDir().mkpath(folder.path());
  const QString path =
      folder.filePath(tr("clipboard") + QDateTime::currentDateTime().toString("-yyyyMMdd-hhmmss-zzz") + ".png");
  const QPointer<MainWindow> self(this);
  QThreadPool::globalInstance()->start([self, image, path] {
    const bool written = image.save(path, "PNG");
    QMetaObject::invokeMethod(qApp, [self, path, written] {
      if (self && written) self->queue_panel_->select(self->queue_.add({path}));
    });
  });
  return true;
}

void MainWindow::save() {
  const Job* job = queue_.job(current_);
  if (job == nullptr || job->result() == nullptr || saver_.is_busy()) return;
  // What was saved already, or came from the clipboard, has no obvious name.
  if (job->result()->is_saved || (job->input.startsWith(cache_folder()) && queue_.output().folder.isEmpty())) {
    return save_as();
  }
  const auto exists = [](const QString& path) { return QFileInfo::exists(path); };
  save_to(output_path(job->input, *job->facts, job->result()->run, queue_.output(), exists));
}

void MainWindow::save_as() {
  const Job* job = queue_.job(current_);
  if (job == nullptr || job->result() == nullptr || saver_.is_busy()) return;
  QString start =
      output_path(job->input, *job->facts, job->result()->run, queue_.output(), [](const QString&) { return false; });
  if (start.startsWith(cache_folder())) {
    start =
        QDir(QStandardPaths::writableLocation(QStandardPaths::PicturesLocation)).filePath(QFileInfo(start).fileName());
  }
  QFileDialog dialog(
      this, tr("Save the result"), QFileInfo(start).path(),
      tr("PNG (*.png);;JPEG (*.jpg *.jpeg);;WebP (*.webp);;TIFF (*.tif *.tiff);;BMP (*.bmp);;All files (*)"));
  dialog.setAcceptMode(QFileDialog::AcceptSave);
  const QString suffix = QFileInfo(start).suffix();
  dialog.setDefaultSuffix(suffix);
  const QStringList filters = dialog.nameFilters().filter("*." + suffix);
  if (!filters.isEmpty()) dialog.selectNameFilter(filters.front());
  dialog.selectFile(QFileInfo(start).fileName());
  // The name says the format, so it follows the chosen type.
  connect(&dialog, &QFileDialog::filterSelected, &dialog, [&dialog](const QString& filter) {
    const QString chosen = filter.section("*.", 1, 1).section(' ', 0, 0).remove(')');
    if (chosen.isEmpty()) return;
    dialog.setDefaultSuffix(chosen);
    dialog.selectFile(QFileInfo(dialog.selectedFiles().value(0)).completeBaseName() + '.' + chosen);
  });
  if (dialog.exec() == QDialog::Accepted) save_to(dialog.selectedFiles().front());
}

void MainWindow::save_to(const QString& path) {
  const Job* job = queue_.job(current_);
  if (job == nullptr || job->result() == nullptr) return;
  const auto format = parse_image_format(QFileInfo(path).suffix().toStdString());
  if (!format)
    return tell(
        tr("“%1” is no format that can be written: use png, jpg, webp, tif or bmp").arg(QFileInfo(path).suffix()));
  if (QFileInfo(path) == QFileInfo(job->input))
    return tell(tr("The original is never overwritten: choose another name"));
  QDir().mkpath(QFileInfo(path).absolutePath());
  side_->set_saving(true);
  saver_.save(job->id, job->result()->file, path, *format, queue_.output().quality);
}

void MainWindow::choose_model_file() {
  const QString path =
      QFileDialog::getOpenFileName(this, tr("Choose a model"), Settings::last_folder(), tr("Models (*.safetensors)"));
  if (path.isEmpty()) {
    side_->set_models(models_, Settings::run(models_));
    return;
  }
  // Reading a model takes a while: not in the GUI thread.
  const QPointer<MainWindow> self(this);
  QThreadPool::globalInstance()->start([self, path] {
    auto model = Model::load(QFile::encodeName(path).toStdString());
    QMetaObject::invokeMethod(qApp, [self, path, model] {
      if (!self) return;
      if (!model) {
        self->side_->set_models(self->models_, Settings::run(self->models_));
        return self->tell(tr("%1 is no model: %2").arg(path, QString::fromStdString(model.error().message)));
      }
      const QString name = QFileInfo(path).completeBaseName();
      const ModelChoice choice{name, name, path, {}, (*model)->spec().scale};
      self->models_.push_back(choice);
      self->comparison_->set_models(self->models_);
      self->side_->add_model(choice);
    });
  });
}

bool MainWindow::confirm(const QString& question, const QString& consequence, const QString& yes) {
  QMessageBox box(this);
  box.setIcon(QMessageBox::Question);
  box.setWindowTitle(QStringLiteral("NaLaSR"));
  box.setText(question);
  box.setInformativeText(consequence);
  auto* go = box.addButton(yes, QMessageBox::DestructiveRole);
  auto* stay = box.addButton(tr("Stay"), QMessageBox::RejectRole);
  box.setDefaultButton(stay);
  box.setEscapeButton(stay);
  box.exec();
  return box.clickedButton() == go;
}

void MainWindow::remove(int id) {
  const Job* job = queue_.job(id);
  if (job == nullptr) return;
  if (job->has_unsaved_result() &&
      !confirm(tr("%1 has a result that was not saved.").arg(QFileInfo(job->input).fileName()),
               tr("Removing it from the list throws the result away."), tr("Remove"))) {
    return;
  }
  queue_.remove(id);
}

bool MainWindow::may_close() {
  const QString close = tr("Close all the same");
  if (queue_.active() != nullptr || queue_.waiting_count() > 0 || saver_.is_busy()) {
    return confirm(tr("Work is in progress."), tr("Closing cancels it. No partial files are left."), close);
  }
  if (queue_.has_unsaved_results()) {
    return confirm(tr("There are results that were not saved."), tr("Closing throws them away."), close);
  }
  return true;
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!may_close()) return event->ignore();
  QSettings().setValue("window/geometry", saveGeometry());
  queue_.cancel_all();
  event->accept();
}

}  // namespace nalasr::gui
