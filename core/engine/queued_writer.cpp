#include "engine/queued_writer.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

#include "base/buffer.h"

namespace nalasr {
namespace {

class QueuedWriter final : public ImageWriter {
 public:
  QueuedWriter(std::unique_ptr<ImageWriter> writer, const ImageInfo& info, std::uint64_t queue_bytes)
      : writer_(std::move(writer)), row_bytes_(info.row_bytes()), limit_(queue_bytes), thread_([this] { work(); }) {}
  ~QueuedWriter() override { stop(true); }
  QueuedWriter(const QueuedWriter&) = delete;
  QueuedWriter& operator=(const QueuedWriter&) = delete;

  Result<void> write_rows(const StripView& strip) override {
    const std::size_t size = row_bytes_ * static_cast<std::size_t>(strip.rows);
    // Mappings of their own, so that what the queue gives back goes to the system and not to malloc's lists.
    Item item{Buffer<std::byte>(size), strip.width, strip.rows};
    for (int y = 0; y < strip.rows; ++y) {
      const std::byte* row = strip.data + strip.stride * static_cast<std::size_t>(y);
      std::copy_n(row, row_bytes_, item.rows.data() + row_bytes_ * static_cast<std::size_t>(y));
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !failed_ || queue_.empty() || queued_ + size <= limit_; });
    if (!failed_) return failed_;
    queued_ += size;
    queue_.push_back(std::move(item));
    changed_.notify_all();
    return {};
  }
  Result<void> commit() override {
    stop(false);
    return failed_ ? writer_->commit() : failed_;
  }
  [[nodiscard]] std::uint64_t resident_bytes() const override { return writer_->resident_bytes() + limit_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const override { return writer_->warnings(); }

 private:
  struct Item {
    Buffer<std::byte> rows;
    int width, count;
  };

  void stop(bool discard) {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      if (discard) queue_.clear();
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return ended_ || !queue_.empty(); });
      if (queue_.empty()) return;
      Item item = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      Result<void> written = write(item);
      const std::size_t size = item.rows.size();
      item = {};
      lock.lock();
      queued_ -= size;
      if (!written) {
        failed_ = std::move(written);
        queue_.clear();
        changed_.notify_all();
        return;
      }
      changed_.notify_all();
    }
  }
  Result<void> write(Item& item) {
    try {
      return writer_->write_rows({item.rows.data(), item.width, item.count, row_bytes_});
    } catch (const std::exception&) {  // this is a thread of ours: nothing may leave it
      return Error{ErrorCode::out_of_memory, "not enough memory to write the picture", ""};
    }
  }

  std::unique_ptr<ImageWriter> writer_;
  const std::size_t row_bytes_;
  const std::uint64_t limit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> queue_;
  std::uint64_t queued_ = 0;  // bytes, the item that is being written included
  bool ended_ = false;
  Result<void> failed_;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace

std::unique_ptr<ImageWriter> make_queued_writer(std::unique_ptr<ImageWriter> writer, const ImageInfo& info,
                                                std::uint64_t queue_bytes) {
  return std::make_unique<QueuedWriter>(std::move(writer), info, queue_bytes);
}

}  // namespace nalasr
