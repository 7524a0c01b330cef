#include "image/png_bands.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <span>
#include <utility>

#include "image/png_filter.h"

namespace nalasr {
namespace {

constexpr std::size_t kBandBytes = 256 << 10;
constexpr std::size_t kSampleBytes = 16 << 10;
constexpr int kMemoryLevel = 8;                                                      // zlib's own default
constexpr std::size_t kDeflateBytes = (1 << 17) + (1 << (kMemoryLevel + 9)) + 6000;  // zconf.h, and its state
// Bands under way for each thread. They are written in order, so one that takes longer than others holds up those
// behind it: with fewer, the other threads would soon stand still (docs/performance.md has the figures).
constexpr int kUnderWay = 3;
constexpr std::size_t kChunkFrame = 12;  // length, name, checksum

int bands_of(const ImageInfo& info) {
  const int rows = png_band_rows(info);
  return (info.height + rows - 1) / rows;
}

int useful_threads(const ImageInfo& info, int threads) { return std::clamp(threads, 1, bands_of(info)); }

int most_under_way(int threads) { return threads == 1 ? 1 : threads * kUnderWay; }

void put_be32(unsigned long value, Bytef* to) {
  for (int i = 0; i < 4; ++i) to[i] = static_cast<Bytef>(value >> (24 - 8 * i));
}

}  // namespace

int png_band_rows(const ImageInfo& info) {
  return static_cast<int>(std::clamp<std::size_t>(kBandBytes / (info.row_bytes() + 1), 1, info.height));
}

/// What one thread needs to make chunks of bands.
class PngBandCompressor::Encoder {
 public:
  Encoder(const ImageInfo& info, int level)
      : row_(info.row_bytes()),
        level_(level),
        filter_(info.pixel_bytes(), row_),
        ok_(deflateInit2(&deflate_, level, Z_DEFLATED, -15, kMemoryLevel, Z_FILTERED) == Z_OK) {}
  ~Encoder() { deflateEnd(&deflate_); }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  void encode(PngBand& band) {
    filtered_.resize((row_ + 1) * static_cast<std::size_t>(band.count));
    for (int y = 0; y < band.count; ++y) {
      const std::byte* above = band.rows.data() + row_ * static_cast<std::size_t>(y);
      filter_.apply(above, above + row_, filtered_.data() + (row_ + 1) * static_cast<std::size_t>(y));
    }
    band.filtered_bytes = filtered_.size();
    band.adler = adler32(1, bytes().data(), static_cast<uInt>(filtered_.size()));
    band.idat_chunk.clear();  // of the band that it was before
    if (!ok_) return;
    const std::size_t size = deflate(bytes(), better_strategy(), band.last ? Z_FINISH : Z_SYNC_FLUSH);
    make_chunk(band, size);
  }

 private:
  [[nodiscard]] std::span<const Bytef> bytes() const {
    return {reinterpret_cast<const Bytef*>(filtered_.data()), filtered_.size()};
  }
  // On photographs run-length coding is both smaller and faster than a search for matches up to level 5; on pictures
  // that repeat themselves it is far larger. A piece of the band tells which it is.
  int better_strategy() {
    if (level_ == 0) return Z_FILTERED;
    const auto sample = bytes().first(std::min(kSampleBytes, filtered_.size()));
    const std::size_t runs = deflate(sample, Z_RLE, Z_FINISH);
    return runs <= deflate(sample, Z_FILTERED, Z_FINISH) ? Z_RLE : Z_FILTERED;
  }
  std::size_t deflate(std::span<const Bytef> in, int strategy, int flush) {
    deflateReset(&deflate_);
    deflateParams(&deflate_, level_, strategy);
    // Only ever larger: a vector that grows again zeroes what it has grown by.
    out_.resize(std::max<std::size_t>(out_.size(), deflateBound(&deflate_, static_cast<uLong>(in.size())) + 16));
    deflate_.next_in = const_cast<Bytef*>(in.data());
    deflate_.avail_in = static_cast<uInt>(in.size());
    deflate_.next_out = out_.data();
    deflate_.avail_out = static_cast<uInt>(out_.size());
    ::deflate(&deflate_, flush);
    return out_.size() - deflate_.avail_out;
  }

  // The first `size` bytes of out_ as IDAT; zlib's two bytes (deflate, 32 KiB window, fast) go before the first band's.
  void make_chunk(PngBand& band, std::size_t size) {
    static constexpr std::array<Bytef, 2> kZlibHeader{0x78, 0x5E};
    static constexpr std::array<Bytef, 4> kName{'I', 'D', 'A', 'T'};
    const std::size_t before = band.first ? kZlibHeader.size() : 0;
    auto& chunk = band.idat_chunk;
    chunk.resize(kChunkFrame + before + size);
    put_be32(before + size, chunk.data());
    auto end = std::copy(kName.begin(), kName.end(), chunk.begin() + 4);
    end = std::copy_n(kZlibHeader.begin(), before, end);
    end = std::copy_n(out_.begin(), size, end);
    put_be32(crc32(0, &chunk[4], static_cast<uInt>(kName.size() + before + size)), &*end);
  }

  std::size_t row_;
  int level_;
  PngFilter filter_;
  std::vector<std::byte> filtered_;
  std::vector<Bytef> out_;
  z_stream deflate_{};
  bool ok_;
};

PngBandCompressor::PngBandCompressor(const ImageInfo& info, int level, int threads)
    : info_(info), level_(level), threads_(useful_threads(info, threads)) {}

PngBandCompressor::~PngBandCompressor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  more_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

bool PngBandCompressor::full() const { return in_order_.size() >= static_cast<std::size_t>(most_under_way(threads_)); }

void PngBandCompressor::submit(std::unique_ptr<PngBand> band) {
  if (threads_ == 1) {
    if (!own_) own_ = std::make_unique<Encoder>(info_, level_);
    own_->encode(*band);
    in_order_.push_back({std::move(band), true, true});
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    in_order_.push_back({std::move(band)});
  }
  more_.notify_one();
  if (workers_.size() < static_cast<std::size_t>(threads_)) workers_.emplace_back([this] { work(); });
}

std::unique_ptr<PngBand> PngBandCompressor::take(bool wait) {
  std::unique_lock lock(mutex_);
  if (in_order_.empty()) return nullptr;
  if (wait) done_.wait(lock, [this] { return in_order_.front().done; });
  if (!in_order_.front().done) return nullptr;
  auto band = std::move(in_order_.front().band);
  in_order_.pop_front();
  return band;
}

void PngBandCompressor::work() {
  std::optional<Encoder> encoder;
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto next = [this] {
      return std::find_if(in_order_.begin(), in_order_.end(), [](const Slot& slot) { return !slot.started; });
    };
    more_.wait(lock, [&] { return stopping_ || next() != in_order_.end(); });
    if (stopping_) return;
    Slot& slot = *next();  // a deque keeps its elements in place while its ends change
    slot.started = true;
    PngBand& band = *slot.band;
    lock.unlock();
    try {
      if (!encoder) encoder.emplace(info_, level_);
      encoder->encode(band);
    } catch (const std::bad_alloc&) { band.idat_chunk.clear(); }
    lock.lock();
    slot.done = true;
    done_.notify_one();
  }
}

std::uint64_t PngBandCompressor::bytes(const ImageInfo& info, int threads) {
  const std::uint64_t row = info.row_bytes();
  const std::uint64_t band = (row + 1) * static_cast<std::uint64_t>(png_band_rows(info));
  const int count = useful_threads(info, threads);
  const std::uint64_t encoder = 2 * band + row + kDeflateBytes;
  const int under_way = std::min(bands_of(info), most_under_way(count));
  // Rows of each band and of the one that collects, which are used again; streams are smaller, half is a noisy
  // picture's.
  return static_cast<std::uint64_t>(count) * encoder + static_cast<std::uint64_t>(under_way + 1) * (band + row) +
         static_cast<std::uint64_t>(under_way) * band / 4;
}

}  // namespace nalasr
