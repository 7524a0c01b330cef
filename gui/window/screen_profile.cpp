#include "window/screen_profile.h"

#include <QFile>
#include <QGuiApplication>

#include "window/settings.h"

#ifdef NALASR_HAS_XCB
#include <xcb/xcb.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#endif

namespace nalasr::gui {
namespace {

#ifdef NALASR_HAS_XCB
// The property on the root window that colour managers set (ICC Profiles in X Specification 0.4).
QByteArray x11_profile() {
  auto* native = qGuiApp->nativeInterface<QNativeInterface::QX11Application>();
  xcb_connection_t* connection = native != nullptr ? native->connection() : nullptr;
  if (connection == nullptr) return {};  // Qt's offscreen platform says it is X11, and has none
  using Free = decltype(&std::free);
  constexpr char kName[] = "_ICC_PROFILE";
  const std::unique_ptr<xcb_intern_atom_reply_t, Free> atom(
      xcb_intern_atom_reply(connection, xcb_intern_atom(connection, 1, std::strlen(kName), kName), nullptr),
      &std::free);
  if (!atom || atom->atom == XCB_ATOM_NONE) return {};
  const xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(connection)).data->root;
  constexpr std::uint32_t kLongest = 4 << 20;  // in units of 4 bytes
  const std::unique_ptr<xcb_get_property_reply_t, Free> property(
      xcb_get_property_reply(connection,
                             xcb_get_property(connection, 0, root, atom->atom, XCB_GET_PROPERTY_TYPE_ANY, 0, kLongest),
                             nullptr),
      &std::free);
  if (!property || property->format != 8) return {};
  return {static_cast<const char*>(xcb_get_property_value(property.get())),
          xcb_get_property_value_length(property.get())};
}
#else
QByteArray x11_profile() { return {}; }
#endif

}  // namespace

QByteArray screen_profile() {
  QFile file(Settings::screen_profile());
  if (!file.fileName().isEmpty() && file.open(QIODevice::ReadOnly)) return file.readAll();
  return x11_profile();
}

}  // namespace nalasr::gui
