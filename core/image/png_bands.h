// A PNG's rows compressed by several threads: bands of rows, each filtered and deflated by itself, that together are
// one zlib stream. Threads also frame and check what they made, so that its owner has only to write.
//
// A band ends in a sync flush, so the next one starts on a byte; its window is empty, which costs 0.05% of size at 256
// KiB (docs/decisions/0009-png-in-bands.md). How the picture is cut, and so every bit of the file, does not depend on
// the number of threads.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "nalasr/image.h"

namespace nalasr {

struct PngBand {
  std::vector<std::byte>
      rows;       ///< in: the row above the band (zeros for the first), then the band, as PNG stores samples
  int count = 0;  ///< in: rows without the one above
  bool first = false, last = false;       ///< in: begins, ends the stream
  std::vector<unsigned char> idat_chunk;  ///< out: as it stands in the file; empty where there was not enough memory
  unsigned long adler = 1;                ///< out: of the filtered bytes alone
  std::size_t filtered_bytes = 0;
};

/// Rows per band of such a picture.
int png_band_rows(const ImageInfo& info);

/// Not thread-safe: one owner hands bands in and takes them out.
class PngBandCompressor {
 public:
  /// `level`: zlib's. `threads`: at most; a single band, or a single thread, is done in submit().
  PngBandCompressor(const ImageInfo& info, int level, int threads);
  ~PngBandCompressor();
  PngBandCompressor(const PngBandCompressor&) = delete;
  PngBandCompressor& operator=(const PngBandCompressor&) = delete;

  /// Whether as many bands are under way as there may be: take one before the next submit().
  [[nodiscard]] bool full() const;
  [[nodiscard]] bool empty() const { return in_order_.empty(); }
  void submit(std::unique_ptr<PngBand> band);
  /// The next band in order. Waits for it where `wait` is true, else null where it is not done yet.
  std::unique_ptr<PngBand> take(bool wait);

  /// Bytes that all of it holds at its peak.
  static std::uint64_t bytes(const ImageInfo& info, int threads);

 private:
  struct Slot {
    std::unique_ptr<PngBand> band;
    bool started = false, done = false;
  };
  class Encoder;
  void work();

  ImageInfo info_;
  int level_, threads_;
  std::unique_ptr<Encoder> own_;  ///< of the owner's thread
  mutable std::mutex mutex_;
  std::condition_variable more_, done_;
  std::deque<Slot> in_order_;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace nalasr
