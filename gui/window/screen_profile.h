// The colour profile of the screen.
#pragma once

#include <QByteArray>

namespace nalasr::gui {

/// ICC profile: that of the user's settings, else what the X server tells (_ICC_PROFILE). Empty: take sRGB.
QByteArray screen_profile();

}  // namespace nalasr::gui
