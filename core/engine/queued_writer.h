// A writer that works in a thread of its own, behind a queue of rows: whoever makes the rows goes on meanwhile.
#pragma once

#include <cstdint>
#include <memory>

#include "nalasr/image.h"

namespace nalasr {

/// `queue_bytes`: rows that may wait; who comes with more waits himself. Errors of the writer come with the next
/// write_rows(), the last with commit().
std::unique_ptr<ImageWriter> make_queued_writer(std::unique_ptr<ImageWriter> writer, const ImageInfo& info,
                                                std::uint64_t queue_bytes);

}  // namespace nalasr
