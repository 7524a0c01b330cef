// WebP's RIFF container: the metadata chunks, which OpenCV neither reads nor writes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "nalasr/image.h"

namespace nalasr {

/// Collects ICCP, EXIF and XMP. Damaged containers give what was found before the damage.
Metadata read_webp_metadata(std::span<const std::byte> file);

/// How a WebP of an encoder becomes one with metadata: `head` takes the place of its first `replaced` bytes, and `tail`
/// is appended. Nothing to do where all are empty.
struct WebpFrame {
  std::vector<std::byte> head, tail;
  std::size_t replaced = 0;
};
/// What of the file's beginning frame_webp() must see: the RIFF header and one VP8X chunk.
inline constexpr std::size_t kWebpFrameBytes = 30;
WebpFrame frame_webp(std::span<const std::byte> head, const Metadata& metadata, int width, int height);

/// `file`, a WebP of `width` x `height` pixels, with the metadata's ICC, EXIF and XMP added (extended format).
/// Returns `file` as it is where there is nothing to add or it isn't a container that we understand.
std::vector<std::byte> add_webp_metadata(std::vector<std::byte> file, const Metadata& metadata, int width, int height);

}  // namespace nalasr
