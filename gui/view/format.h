// Numbers as people of the user's language read them.
#pragma once

#include <QString>
#include <cstdint>

namespace nalasr::gui {

/// "96.8 MiB"
QString bytes_text(std::uint64_t bytes);
/// "under a second", "4 s", "2 min 10 s", "1 h 5 min"
QString duration_text(double seconds);
/// The same as an estimate: "about 4 s".
QString about_text(double seconds);
/// "100%", "33.3%"
QString zoom_text(double zoom);

/// A graphics card by its name, or as such where that is not known.
QString gpu_text(const QString& name);

}  // namespace nalasr::gui
