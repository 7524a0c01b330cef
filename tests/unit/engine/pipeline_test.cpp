// The pipeline: the ledger of memory, and many pictures at once with the same results as one by one.
#include "nalasr/pipeline.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

#include "engine/memory_ledger.h"
#include "engine/queued_writer.h"
#include "unit/engine/network_support.h"

namespace nalasr::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

TEST(MemoryLedger, AdmitsWhatFitsAndKeepsRoomForGrowth) {
  MemoryLedger ledger(100);
  std::stop_source stop;
  ASSERT_TRUE(ledger.enter(1, 10, 80, stop.get_token()));
  ASSERT_TRUE(ledger.grow(1, stop.get_token()));
  ASSERT_TRUE(ledger.enter(2, 10, 80, stop.get_token()));  // 90 held; 2 can grow when 1 has ended
  // A third would leave 2 only 80 of the 90 that it needs together with 3's 20: it waits until 2 is done.
  std::atomic<bool> third{false};
  std::jthread waiting([&] { third = ledger.enter(3, 25, 30, stop.get_token()); });
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_FALSE(third);
  ledger.shrink(1, 0);
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_FALSE(third);
  ASSERT_TRUE(ledger.grow(2, stop.get_token()));
  ledger.shrink(2, 5);
  waiting.join();
  EXPECT_TRUE(third);
  EXPECT_FALSE(ledger.try_add(3, 1000));
  EXPECT_EQ(ledger.peak(), 90u);
}

TEST(MemoryLedger, StopEndsTheWait) {
  MemoryLedger ledger(100);
  std::stop_source stop;
  ASSERT_TRUE(ledger.enter(1, 90, 90, stop.get_token()));
  std::atomic<int> outcome{-1};
  std::jthread waiting([&] { outcome = ledger.enter(2, 90, 90, stop.get_token()); });
  std::this_thread::sleep_for(milliseconds(20));
  stop.request_stop();
  waiting.join();
  EXPECT_EQ(outcome, 0);
}

TEST(MemoryLedger, WithoutItsLimitNobodyWaits) {
  MemoryLedger ledger(100);
  std::stop_source stop;
  ASSERT_TRUE(ledger.enter(1, 90, 90, stop.get_token()));
  std::atomic<bool> second{false};
  std::jthread waiting([&] { second = ledger.enter(2, 90, 90, stop.get_token()); });
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_FALSE(second);
  ledger.lift_limit();
  waiting.join();
  EXPECT_TRUE(second);
  EXPECT_EQ(ledger.peak(), 180u);
}

// A writer that remembers what it got, slowly, and fails at a row if told to.
class SlowWriter final : public ImageWriter {
 public:
  SlowWriter(std::vector<std::byte>& rows, int fail_at) : rows_(rows), fail_at_(fail_at) {}
  Result<void> write_rows(const StripView& strip) override {
    std::this_thread::sleep_for(milliseconds(5));
    if (fail_at_ >= 0 && ++calls_ > fail_at_) return Error{ErrorCode::io, "full", ""};
    rows_.insert(rows_.end(), strip.data, strip.data + strip.stride * static_cast<std::size_t>(strip.rows));
    return {};
  }
  Result<void> commit() override { return {}; }
  [[nodiscard]] std::uint64_t resident_bytes() const override { return 0; }
  [[nodiscard]] const std::vector<std::string>& warnings() const override { return warnings_; }

 private:
  std::vector<std::byte>& rows_;
  int fail_at_, calls_ = 0;
  std::vector<std::string> warnings_;
};

TEST(QueuedWriter, KeepsOrderAndHandsOnErrors) {
  ImageInfo info;
  info.width = 10;
  info.height = 40;
  for (const std::uint64_t queue : {std::uint64_t{1}, std::uint64_t{100}, std::uint64_t{1} << 20}) {
    std::vector<std::byte> sent, got;
    auto writer = make_queued_writer(std::make_unique<SlowWriter>(got, -1), info, queue);
    for (int y = 0; y < 40; ++y) {
      std::vector<std::byte> row(info.row_bytes(), static_cast<std::byte>(y));
      ASSERT_TRUE(writer->write_rows({row.data(), 10, 1, row.size()}));
      sent.insert(sent.end(), row.begin(), row.end());
    }
    ASSERT_TRUE(writer->commit());
    EXPECT_EQ(got, sent);
  }
  std::vector<std::byte> got, row(info.row_bytes());
  auto failing = make_queued_writer(std::make_unique<SlowWriter>(got, 2), info, 1 << 20);
  for (int y = 0; y < 40; ++y) (void)failing->write_rows({row.data(), 10, 1, row.size()});
  const auto done = failing->commit();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "full");
}

class PipelineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("nalasr_pipeline_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    ModelSpec spec;
    spec.scale = 2;
    spec.dim = 32;
    spec.heads = 1;
    spec.blocks = spec.group = 2;
    spec.scopes.assign(2, {});
    model_ = random_model(spec, 21);
  }
  void TearDown() override { fs::remove_all(folder_); }

  UpscaleRequest request(int number, const std::string& out) {
    const int width = 50 + number % 7 * 31, height = 40 + number % 5 * 23;
    const fs::path in = folder_ / (std::to_string(number) + ".png");
    if (!fs::exists(in)) {
      ImageInfo info;
      info.width = width;
      info.height = height;
      std::vector<std::byte> rows(info.row_bytes() * static_cast<std::size_t>(height));
      for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::byte>(i * (7 + number) / 13);
      auto writer = ImageWriter::create(in, ImageFormat::png, info, {}, {});
      EXPECT_TRUE((*writer)->write_rows({rows.data(), width, height, info.row_bytes()}));
      EXPECT_TRUE((*writer)->commit());
    }
    UpscaleRequest r;
    r.input = in;
    r.output = folder_ / (out + std::to_string(number) + ".png");
    return r;
  }
  static std::string bytes_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  fs::path folder_;
  std::shared_ptr<const Model> model_;
};

TEST_F(PipelineTest, ManyAtOnceGiveWhatOneByOneGives) {
  constexpr int kPictures = 24;
  Upscaler upscaler(model_, {.threads = 1});
  for (int i = 0; i < kPictures; ++i) ASSERT_TRUE(upscaler.run(request(i, "single")));
  for (const std::uint64_t budget : {std::uint64_t{0}, std::uint64_t{8} << 20}) {
    PipelineOptions options{.devices = {{.threads = 1}, {.threads = 2}}, .load = 3, .save = 2};
    if (budget > 0) options.memory_budget = budget;
    std::map<std::size_t, bool> ended;
    int next = 0;
    const PipelineSummary summary = Pipeline(model_, options)
                                        .run(
                                            [&]() -> std::optional<PipelineItem> {
                                              if (next == kPictures) return std::nullopt;
                                              auto r = request(next, "many");
                                              r.memory_budget = options.memory_budget;
                                              return PipelineItem{static_cast<std::size_t>(next++), r};
                                            },
                                            {.finished = [&](std::size_t id, Result<RunReport> outcome) {
                                              EXPECT_TRUE(outcome) << outcome.error().message;
                                              EXPECT_TRUE(ended.emplace(id, true).second);
                                            }});
    EXPECT_EQ(ended.size(), static_cast<std::size_t>(kPictures));
    if (budget > 0) { EXPECT_LE(summary.predicted_peak, budget); }
    for (int i = 0; i < kPictures; ++i) {
      const std::string number = std::to_string(i) + ".png";
      EXPECT_EQ(bytes_of(folder_ / ("many" + number)), bytes_of(folder_ / ("single" + number))) << i;
    }
  }
}

// Devices of different threads stand for GPUs of different memory: each plan is another.
TEST_F(PipelineTest, EveryPictureFollowsThePlanOfItsDevice) {
  const std::vector<UpscalerOptions> devices{{.threads = 1}, {.threads = 4}};
  const UpscaleRequest first = request(6, "plan");
  const auto reader = ImageReader::open(first.input);
  ASSERT_TRUE(reader);
  std::map<int, std::uint64_t> peaks;  // by threads
  std::uint64_t most = 0;
  for (const UpscalerOptions& device : devices) {
    const auto plan = Upscaler(model_, device).plan(**reader, first);
    ASSERT_TRUE(plan);
    peaks[device.threads] = plan->predicted_peak;
    most = std::max(most, plan->predicted_peak);
  }
  ASSERT_NE(peaks[1], peaks[4]);
  for (const auto& order : {devices, std::vector<UpscalerOptions>(devices.rbegin(), devices.rend())}) {
    Pipeline pipeline(model_, {.devices = order});
    const auto plan = pipeline.plan(**reader, first);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->predicted_peak, most);
    std::size_t next = 0, ended = 0;
    pipeline.run(
        [&]() -> std::optional<PipelineItem> {
          if (next == 12) return std::nullopt;
          auto r = first;
          r.output = folder_ / ("plan" + std::to_string(next) + ".png");
          return PipelineItem{next++, r};
        },
        {.planned = [&](std::size_t, const Plan& p) { EXPECT_EQ(p.predicted_peak, most); },
         .finished =
             [&](std::size_t, Result<RunReport> outcome) {
               ASSERT_TRUE(outcome) << outcome.error().message;
               EXPECT_EQ(outcome->predicted_peak, peaks[outcome->plan.threads]);
               ++ended;
             }});
    EXPECT_EQ(ended, 12u);
  }
}

TEST_F(PipelineTest, BadPicturesEndAloneAndStopEndsTheRest) {
  std::stop_source stop;
  std::map<std::size_t, std::string> outcomes;
  std::size_t next = 0;
  Pipeline(model_, {.devices = {{.threads = 1}}})
      .run(
          [&]() -> std::optional<PipelineItem> {
            if (next == 20) return std::nullopt;
            auto r = request(static_cast<int>(next), "stop");
            if (next == 1) r.input = folder_ / "missing.png";
            if (next == 2) r.output = folder_ / "no/such/folder.png";
            return PipelineItem{next++, r};
          },
          {.finished =
               [&](std::size_t id, Result<RunReport> outcome) {
                 outcomes[id] = outcome                                        ? "done"
                                : outcome.error().code == ErrorCode::cancelled ? "cancelled"
                                                                               : "failed";
                 if (id == 4) stop.request_stop();
               }},
          stop.get_token());
  EXPECT_EQ(outcomes[0], "done");
  EXPECT_EQ(outcomes[1], "failed");
  EXPECT_EQ(outcomes[2], "failed");
  EXPECT_EQ(outcomes[3], "done");
  EXPECT_LT(next, 20u);
  EXPECT_EQ(outcomes.size(), next);  // each that was given ended
  for (const auto& entry : fs::directory_iterator(folder_)) {
    EXPECT_NE(entry.path().filename().string().front(), '.') << entry.path();
  }
}

}  // namespace
}  // namespace nalasr::test
