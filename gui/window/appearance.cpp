#include "window/appearance.h"

#include <QApplication>
#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QProxyStyle>
#include <QSvgRenderer>

#include "window/system_theme.h"

namespace nalasr::gui {
namespace {

QPalette palette_of(bool dark) {
  const QColor accent(0x2F, 0x7F, 0xD1);
  const QColor window = dark ? QColor(43, 43, 46) : QColor(243, 243, 245);
  const QColor base = dark ? QColor(30, 30, 32) : QColor(255, 255, 255);
  const QColor text = dark ? QColor(232, 232, 234) : QColor(28, 28, 30);
  const QColor faint = dark ? QColor(140, 140, 146) : QColor(120, 120, 126);
  QPalette palette(dark ? QColor(62, 62, 66) : QColor(236, 236, 239), window);
  palette.setColor(QPalette::Window, window);
  palette.setColor(QPalette::WindowText, text);
  palette.setColor(QPalette::Base, base);
  palette.setColor(QPalette::AlternateBase, dark ? QColor(37, 37, 40) : QColor(247, 247, 249));
  palette.setColor(QPalette::Text, text);
  palette.setColor(QPalette::Button, dark ? QColor(58, 58, 62) : QColor(250, 250, 251));
  palette.setColor(QPalette::ButtonText, text);
  palette.setColor(QPalette::BrightText, Qt::white);
  palette.setColor(QPalette::PlaceholderText, faint);
  palette.setColor(QPalette::ToolTipBase, dark ? QColor(60, 60, 64) : QColor(255, 255, 240));
  palette.setColor(QPalette::ToolTipText, text);
  palette.setColor(QPalette::Highlight, accent);
  palette.setColor(QPalette::HighlightedText, Qt::white);
  palette.setColor(QPalette::Link, dark ? QColor(110, 180, 255) : QColor(20, 100, 190));
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
    palette.setColor(QPalette::Disabled, role, faint);
  }
  return palette;
}

// Draws an SVG whose strokes are "currentColor" in the palette's colour, so that one file serves light and dark.
class ActionIconEngine final : public QIconEngine {
 public:
  ActionIconEngine(QByteArray svg, const QColor& color) : svg_(std::move(svg)), color_(color) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    const auto group = mode == QIcon::Disabled ? QPalette::Disabled : QPalette::Active;
    const auto role = mode == QIcon::Selected ? QPalette::HighlightedText : QPalette::ButtonText;
    QByteArray colored = svg_;
    const bool own = color_.isValid() && mode == QIcon::Normal;
    const QColor color = own ? color_ : QApplication::palette().color(group, role);
    colored.replace("currentColor", color.name().toLatin1());
    QSvgRenderer(colored).render(painter, rect);
  }
  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, QRect(QPoint(0, 0), size), mode, state);
    return pixmap;
  }
  [[nodiscard]] QIconEngine* clone() const override { return new ActionIconEngine(svg_, color_); }

 private:
  QByteArray svg_;
  QColor color_;
};

// Fusion without its coloured little pictures on the buttons of dialogs.
class QuietStyle final : public QProxyStyle {
 public:
  QuietStyle() : QProxyStyle(QStringLiteral("Fusion")) {}
  int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                QStyleHintReturn* data) const override {
    if (hint == SH_DialogButtonBox_ButtonsHaveIcons) return 0;
    return QProxyStyle::styleHint(hint, option, widget, data);
  }
};

}  // namespace

QIcon action_icon(const QString& name, const QColor& color) {
  QFile file(QStringLiteral(":/icons/actions/%1.svg").arg(name));
  if (!file.open(QIODevice::ReadOnly)) return {};
  return QIcon(new ActionIconEngine(file.readAll(), color));
}

Appearance::Appearance(QObject* parent) : QObject(parent) {
  QApplication::setStyle(new QuietStyle);
  // Desktops whose Qt plugin sets a palette have said already what they want.
  system_dark_ = QApplication::palette().color(QPalette::Window).lightness() < 128;
  apply();
  auto* system = new SystemTheme(this);
  connect(system, &SystemTheme::told, this, &Appearance::set_system_dark);
  system->ask();
}

void Appearance::set_theme(Theme theme) {
  theme_ = theme;
  apply();
}

void Appearance::set_system_dark(bool dark) {
  system_dark_ = dark;
  apply();
}

void Appearance::apply() {
  dark_ = theme_ == Theme::system ? system_dark_ : theme_ == Theme::dark;
  QApplication::setPalette(palette_of(dark_));
  emit changed();
}

}  // namespace nalasr::gui
