// nalasr compare, really run: every method in processes of its own, on small pictures and the processor.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "integration/cli_support.h"
#include "nalasr/comparison_report.h"
#include "nalasr/version.h"

namespace nalasr::test {
namespace {

namespace fs = std::filesystem;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// What LibTorch takes beside tensors, whatever the size of the picture: 6 MiB were measured.
constexpr std::uint64_t kBesideTensors = 10 << 20;

/// Sanitizers take memory of their own: peaks say nothing then.
bool sanitized() { return contains(build_info().kind, "+"); }

bool have_torch() { return fs::exists(fs::path(program()).parent_path() / "nalasr-compare-torch"); }

Arguments compare(const Arguments& more) {
  Arguments all{"compare", "--device", "cpu", "--threads", "2", "-m", tiny_model(2)};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

Comparison comparison_in(const fs::path& folder) {
  const auto read = parse_comparison(read_text(folder / "report.json"));
  EXPECT_TRUE(read);
  return read ? *read : Comparison{};
}

/// Each method below its ceiling: ours below what the plan said beforehand, the others near what the formulas say.
void expect_below_ceiling(const ComparisonEntry& e) {
  SCOPED_TRACE(to_string(e.method));
  ASSERT_TRUE(e.run) << e.reason;
  ASSERT_GT(e.run->peak(), 0u);
  EXPECT_GE(e.run->host_total, e.run->peak());
  EXPECT_GT(e.run->median_seconds(), 0);
  if (sanitized()) return;
  if (is_ours(e.method)) {
    EXPECT_LE(e.run->peak(), e.run->predicted_peak);
  } else {
    EXPECT_LE(e.run->peak(), e.computed * 5 / 4 + kBesideTensors);
    EXPECT_GE(e.run->peak(), e.computed * 9 / 10);
  }
}

TEST(Compare, OwnMethodsStayBelowWhatThePlanSays) {
  const Scratch folder;
  const Outcome outcome = run(compare(
      {"--sizes", "96x80,200x160", "--methods", "nala-strips,nala-whole", "--repeat", "2", "--report", folder / "r"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "At 32,000 tokens (200×160) NaLaSR needs ")) << outcome.out;
  EXPECT_EQ(folder.tree(),
            (std::vector<std::string>{"r/", "r/report.csv", "r/report.html", "r/report.json", "r/report.md"}));
  const Comparison c = comparison_in(folder / "r");
  ASSERT_EQ(c.entries.size(), 4u);
  for (const ComparisonEntry& e : c.entries) {
    expect_below_ceiling(e);
    EXPECT_EQ(e.run->seconds.size(), 2u);
    EXPECT_GE(e.run->timeline.size(), 2u);
  }
  // What strips are for; the result itself, which both hold, is 12 bytes a token.
  if (!sanitized()) { EXPECT_LT(c.entries[2].run->peak(), c.entries[3].run->peak() / 2); }
  EXPECT_TRUE(contains(c.command_line, "compare --device cpu"));
  EXPECT_EQ(c.model_sha256.size(), 64u);
}

TEST(Compare, MethodsOfLibTorchStayBelowTheirCeilings) {
  if (!have_torch()) GTEST_SKIP() << "built without LibTorch";
  const Scratch folder;
  // So that freed tensors go back at once, as large ones do anyway, and the peak is that of the tensors alive.
  const Outcome outcome =
      run(compare({"--sizes", "96x80", "--repeat", "1", "--precision", "fp32", "--report", folder / "r"}),
          {.environment = {{"MALLOC_MMAP_THRESHOLD_", "65536"}, {"MALLOC_TRIM_THRESHOLD_", "65536"}}});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const Comparison c = comparison_in(folder / "r");
  std::set<Method> seen;
  for (const ComparisonEntry& e : c.entries) {
    expect_below_ceiling(e);
    seen.insert(e.method);
  }
  EXPECT_EQ(seen.size(), std::size(kAllMethods));
}

TEST(Compare, WhatDoesNotFitIsComputedAndNotRun) {
  if (!have_torch()) GTEST_SKIP() << "built without LibTorch";
  const Scratch folder;
  const Outcome outcome = run(compare({"--sizes", "64x64", "--methods", "nala-strips,softmax-materialised", "--repeat",
                                       "1", "--memory-limit", "40M", "--report", folder / "r"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const Comparison c = comparison_in(folder / "r");
  ASSERT_EQ(c.entries.size(), 2u);
  EXPECT_FALSE(c.entries[1].run);
  EXPECT_GT(c.entries[1].computed, 40u << 20);
  EXPECT_TRUE(contains(c.entries[1].reason, "it would need")) << c.entries[1].reason;
  EXPECT_TRUE(contains(headline(c), "would need")) << headline(c);
}

TEST(Compare, WithoutLibTorchItSaysHowToGetIt) {
  const Outcome outcome = run(compare({"--sizes", "32x32", "--methods", "nala-strips,softmax-flash", "--repeat", "1"}),
                              {.environment = {{"NALASR_COMPARE_TORCH", "/nowhere"}}});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "computed")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "NALASR_COMPARE_TORCH")) << outcome.out;
}

TEST(Compare, APictureIsMeasuredUpright) {
  const Scratch folder;
  save_picture(folder / "a.png", 40, 24);
  const Outcome outcome = run(compare({"--input", folder / "a.png", "--methods", "nala-strips", "--repeat", "1"}));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "At 960 tokens (40×24)")) << outcome.out;
}

TEST(Compare, CheckFailsWhereMemoryGrewAndPassesWhereNot) {
  const Scratch folder;
  const Arguments small{"--sizes", "96x80", "--methods", "nala-whole,nala-strips", "--repeat", "1"};
  Arguments first = compare(small);
  first.insert(first.end(), {"--report", folder / "r"});
  ASSERT_EQ(run(first).exit_code, 0);
  const auto check_against = [&](double factor, const std::string& format) {
    auto stored = nlohmann::json::parse(read_text(folder / "r/report.json"));
    stored["format"] = format;
    for (auto& entry : stored["entries"]) {
      auto& peak = entry["measured"]["host_peak_bytes"];
      peak = static_cast<std::uint64_t>(peak.get<double>() * factor);
      entry["measured"]["seconds"] = {1000.0};  // this test is about memory
    }
    write_text(folder / "stored.json", stored.dump());
    Arguments again = compare(small);
    again.insert(again.end(), {"--check", folder / "stored.json"});
    return run(again);
  };
  const std::string format = "nalasr-comparison-1";
  const Outcome good = check_against(1.5, format);
  EXPECT_EQ(good.exit_code, 0) << good.err;
  EXPECT_TRUE(contains(good.out, "check: 2 measurements, none worse")) << good.out;
  const Outcome bad = check_against(0.5, format);
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_TRUE(contains(bad.err, "nala-whole at 96×80: the peak grew from ")) << bad.err;
  EXPECT_EQ(check_against(1, "something else").exit_code, 2);
}

TEST(Compare, AStoredReportIsWrittenAnew) {
  const Scratch folder;
  ASSERT_EQ(run(compare({"--sizes", "32x32", "--methods", "nala-strips", "--repeat", "1", "--report", folder / "r"}))
                .exit_code,
            0);
  ASSERT_EQ(run({"compare", "--from", folder / "r/report.json", "--report", folder / "again"}).exit_code, 0);
  for (const char* name : {"report.html", "report.md", "report.csv", "report.json"})
    EXPECT_EQ(read_text(folder / "r" / name), read_text(folder / "again" / name)) << name;
}

TEST(Compare, WrongUsageIsToldInOneLine) {
  const auto expect = [](const Arguments& arguments, int code, const std::string& part) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, code) << outcome.err;
    EXPECT_EQ(lines_of(outcome.err).size(), 1u) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, part)) << outcome.err;
  };
  expect(compare({"--sizes", "640"}), 2, "--sizes: \"640\" is not a size; for example 640x480");
  expect(compare({"--methods", "magic"}), 2, "--methods: \"magic\" is not a method");
  expect(compare({"--repeat", "0"}), 2, "--repeat: ");
  expect(compare({"--input", "/nowhere.png"}), 1, "/nowhere.png: ");
  expect({"compare", "--device", "tpu"}, 2, "--device: \"tpu\" is not a device");
  expect({"compare", "--device", "cuda:0,cuda:1"}, 2, "--device: one GPU at a time");
  expect({"compare", "-m", "magic"}, 3, "no model is called \"magic\"");
  expect({"compare", "--check", "/nowhere.json"}, 2, "/nowhere.json: cannot be read");
}

}  // namespace
}  // namespace nalasr::test
