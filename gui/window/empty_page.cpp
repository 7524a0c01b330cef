#include "window/empty_page.h"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include "window/appearance.h"

namespace nalasr::gui {
namespace {

constexpr int kShownFiles = 5;

}  // namespace

EmptyPage::EmptyPage(QWidget* parent) : QWidget(parent) {
  auto* icon = new QLabel;
  icon->setPixmap(QIcon(QStringLiteral(":/icons/io.github.nalasr.Viewer.svg")).pixmap(96, 96));
  icon->setAlignment(Qt::AlignCenter);

  auto* title = new QLabel(tr("Drop pictures or folders here"));
  QFont large = title->font();
  large.setPointSizeF(large.pointSizeF() * 1.7);
  large.setBold(true);
  title->setFont(large);
  title->setAlignment(Qt::AlignCenter);

  auto* hint = new QLabel(tr("You will see what upscaling takes, time and memory, before anything runs."));
  hint->setAlignment(Qt::AlignCenter);
  hint->setForegroundRole(QPalette::PlaceholderText);

  auto* open = new QPushButton(action_icon(QStringLiteral("open")), tr("Open pictures …"));
  open->setDefault(true);
  open->setMinimumWidth(160);
  open->setMinimumHeight(36);
  open->setToolTip(tr("Choose one or several pictures (Ctrl+O)"));
  connect(open, &QPushButton::clicked, this, &EmptyPage::open_clicked);
  auto* paste = new QPushButton(tr("Paste"));
  paste->setMinimumHeight(36);
  paste->setMinimumWidth(100);
  paste->setToolTip(tr("Take a picture or files from the clipboard (Ctrl+V)"));
  connect(paste, &QPushButton::clicked, this, &EmptyPage::paste_clicked);
  auto* buttons = new QHBoxLayout;
  buttons->addStretch();
  buttons->addWidget(open);
  buttons->addWidget(paste);
  buttons->addStretch();

  recent_title_ = new QLabel(tr("Recent"));
  recent_title_->setAlignment(Qt::AlignCenter);
  QFont bold = recent_title_->font();
  bold.setBold(true);
  recent_title_->setFont(bold);
  recent_ = new QVBoxLayout;
  recent_->setSpacing(2);

  auto* layout = new QVBoxLayout(this);
  layout->setSpacing(14);
  layout->addStretch(3);
  layout->addWidget(icon);
  layout->addWidget(title);
  layout->addWidget(hint);
  layout->addLayout(buttons);
  layout->addSpacing(16);
  layout->addWidget(recent_title_);
  layout->addLayout(recent_);
  layout->addStretch(4);
}

void EmptyPage::set_recent(const QStringList& files) {
  while (QLayoutItem* item = recent_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  for (const QString& file : files.mid(0, kShownFiles)) {
    auto* button = new QPushButton(QFileInfo(file).fileName());
    button->setFlat(true);
    button->setCursor(Qt::PointingHandCursor);
    button->setToolTip(QDir::toNativeSeparators(file));
    QPalette link = button->palette();
    link.setColor(QPalette::ButtonText, link.color(QPalette::Link));
    button->setPalette(link);
    connect(button, &QPushButton::clicked, this, [this, file] { emit recent_clicked(file); });
    recent_->addWidget(button, 0, Qt::AlignCenter);
  }
  recent_title_->setVisible(!files.isEmpty());
}

void EmptyPage::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  QColor line = palette().color(QPalette::WindowText);
  line.setAlphaF(0.25F);
  painter.setPen(QPen(line, 2, Qt::DashLine));
  painter.drawRoundedRect(QRectF(rect()).adjusted(24, 24, -24, -24), 14, 14);
}

}  // namespace nalasr::gui
