// The batch: inputs of every kind, names of outputs, what exists already, events for programs.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "integration/cli_support.h"

namespace nalasr::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Names = std::vector<std::string>;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

class Batch : public testing::Test {
 protected:
  Outcome upscale(Arguments arguments, const ProcessOptions& options = {}) const {
    arguments.insert(arguments.begin(), {"upscale", "-m", tiny_model(2), "--threads", "2"});
    return run(arguments, options);
  }
  std::string at(const std::string& name) const { return (scratch_ / name).string(); }
  Names results() const {
    Names names = scratch_.tree();
    std::erase_if(names, [](const std::string& name) { return name.rfind("out", 0) != 0 || name.back() == '/'; });
    return names;
  }
  Scratch scratch_;
};

TEST_F(Batch, PatternsAndLists) {
  for (const char* name : {"in/a.png", "in/b.png", "in/c.jpg", "in/line\nbreak.png", "in/sub/d.png"}) {
    save_picture(scratch_ / name, 4, 3);
  }
  EXPECT_EQ(upscale({at("in/[ab].png"), "-o", at("out1")}).exit_code, 0);
  EXPECT_EQ(upscale({at("in/*/*.png"), "-o", at("out2")}).exit_code, 0);
  write_text(scratch_ / "list", at("in/a.png") + "\r\n\n" + at("in/c.jpg") + "\n");
  EXPECT_EQ(upscale({"--files-from", at("list"), "-o", at("out3")}).exit_code, 0);
  write_text(scratch_ / "list0", at("in/line\nbreak.png") + '\0' + at("in/b.png") + '\0');
  EXPECT_EQ(upscale({"--files-from", "-", "-o", at("out4")}, {.standard_input = at("list0")}).exit_code, 0);
  EXPECT_EQ(results(), (Names{"out1/a_x2.png", "out1/b_x2.png", "out2/d_x2.png", "out3/a_x2.png", "out3/c_x2.png",
                              "out4/b_x2.png", "out4/line\nbreak_x2.png"}));
  const Outcome none = upscale({at("in/*.tif"), "-o", at("out5")});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_TRUE(contains(none.err, "nothing matches this pattern")) << none.err;
}

TEST_F(Batch, StandardInputAndOutput) {
  save_picture(scratch_ / "in.png", 9, 5);
  const Outcome piped = upscale({"-", "-o", "-"}, {.standard_input = at("in.png"), .standard_output = at("piped")});
  EXPECT_EQ(piped.exit_code, 0) << piped.err;
  EXPECT_TRUE(contains(piped.err, "standard output: 9x5 -> 18x10")) << piped.err;
  EXPECT_EQ(upscale({at("in.png"), "-o", at("file.png")}).exit_code, 0);
  EXPECT_EQ(read_text(scratch_ / "piped"), read_text(scratch_ / "file.png"));
  const Outcome jpeg = upscale({at("in.png"), "-o", "-", "-f", "jpeg"}, {.standard_output = at("piped.jpg")});
  EXPECT_EQ(jpeg.exit_code, 0) << jpeg.err;
  EXPECT_EQ(load(scratch_ / "piped.jpg").info.format, "jpeg");
  // A folder names the result after where it came from; nothing at all is a damaged picture.
  EXPECT_EQ(upscale({"-", "-o", at("out/")}, {.standard_input = at("in.png")}).exit_code, 0);
  EXPECT_EQ(results(), Names{"out/stdin_x2.png"});
  const Outcome empty = upscale({"-", "-o", "-"}, {.standard_output = at("nothing")});
  EXPECT_EQ(empty.exit_code, 1);
  EXPECT_EQ(empty.err, "nalasr: standard input: the file is empty\n");
  EXPECT_EQ(read_text(scratch_ / "nothing"), "");
}

TEST_F(Batch, TemplatesNameTheResults) {
  save_picture(scratch_ / "in/a.png", 4, 3);
  save_picture(scratch_ / "in/sub/b.jpg", 4, 3, ImageFormat::jpeg);
  EXPECT_EQ(upscale({at("in"), "-r", "-o", at("out1"), "--output-template", "x{scale}/{dir}/{{{stem}}}-{model}.{ext}"})
                .exit_code,
            0);
  EXPECT_EQ(upscale({at("in"), "-r", "-o", at("out2"), "--output-template", "{stem}.{ext}"}).exit_code, 0);
  EXPECT_EQ(results(), (Names{"out1/x2/sub/{b}-tiny_x2.jpg", "out1/x2/{a}-tiny_x2.png", "out2/a.png", "out2/b.jpg"}));
  // Without {dir} two folders may want one name.
  save_picture(scratch_ / "in/sub/a.png", 4, 3);
  const Outcome twice = upscale({at("in"), "-r", "-o", at("out3"), "--output-template", "{stem}.{ext}"});
  EXPECT_EQ(twice.exit_code, 2);
  EXPECT_TRUE(contains(twice.err, "has the same output")) << twice.err;
  EXPECT_FALSE(fs::exists(scratch_ / "out3"));
}

TEST_F(Batch, WhatExists) {
  save_picture(scratch_ / "in/a.png", 4, 3);
  save_picture(scratch_ / "in/b.png", 4, 3);
  const auto with = [&](const char* existing) {
    write_text(scratch_ / "out/a_x2.png", "precious");
    return upscale({at("in"), "-o", at("out"), "--existing", existing});
  };
  const Outcome failed = with("fail");
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_TRUE(contains(failed.err, "a.png: its output " + at("out/a_x2.png") + " exists; --existing")) << failed.err;
  EXPECT_EQ(results(), (Names{"out/a_x2.png", "out/b_x2.png"}));  // the others were done
  EXPECT_EQ(read_text(scratch_ / "out/a_x2.png"), "precious");
  EXPECT_EQ(with("skip").exit_code, 0);
  EXPECT_EQ(read_text(scratch_ / "out/a_x2.png"), "precious");
  fs::remove(scratch_ / "out/b_x2.png");
  EXPECT_EQ(with("rename").exit_code, 0);
  EXPECT_EQ(results(), (Names{"out/a_x2.png", "out/a_x2_2.png", "out/b_x2.png"}));
  EXPECT_EQ(read_text(scratch_ / "out/a_x2.png"), "precious");
  EXPECT_EQ(with("overwrite").exit_code, 0);
  EXPECT_EQ(load(scratch_ / "out/a_x2.png").info.width, 8);
}

TEST_F(Batch, AFinishedResultIsMadeAgainOnlyWhereSomethingChanged) {
  save_picture(scratch_ / "in/a.jpg", 4, 3, ImageFormat::jpeg);
  save_picture(scratch_ / "in/b.jpg", 4, 3, ImageFormat::jpeg);
  const Arguments same{at("in"), "-o", at("out")};
  EXPECT_TRUE(contains(upscale(same).out, "2 done, 0 skipped"));
  EXPECT_TRUE(contains(upscale(same).out, "0 done, 2 skipped"));
  Arguments other = same;
  other.insert(other.end(), {"-q", "50"});
  EXPECT_TRUE(contains(upscale(other).out, "2 done, 0 skipped"));
  save_picture(scratch_ / "in/a.jpg", 5, 3, ImageFormat::jpeg);
  EXPECT_TRUE(contains(upscale(other).out, "1 done, 1 skipped"));
  EXPECT_EQ(load(scratch_ / "out/a_x2.jpg").info.width, 10);
  // What somebody changed since is his: kept.
  write_text(scratch_ / "out/b_x2.jpg", "edited");
  EXPECT_TRUE(contains(upscale(same).out, "1 done, 1 skipped"));
  EXPECT_EQ(read_text(scratch_ / "out/b_x2.jpg"), "edited");
}

TEST_F(Batch, ADryRunPlansAndDoesNothing) {
  save_picture(scratch_ / "in/a.png", 20, 10);
  save_picture(scratch_ / "in/b.png", 20, 10);
  write_text(scratch_ / "in/c.png", "no picture");
  const Outcome plan = upscale({at("in"), "-o", at("out"), "--dry-run"});
  EXPECT_EQ(plan.out.find(" 0.0 MiB"), std::string::npos) << plan.out;  // small files are told in KiB
  EXPECT_EQ(plan.exit_code, 1);
  EXPECT_TRUE(contains(plan.out, at("in/a.png") + " -> " + at("out/a_x2.png") + ": 20x10 -> 40x20 png, memory "))
      << plan.out;
  EXPECT_TRUE(contains(plan.out, ", about 0:0")) << plan.out;
  EXPECT_TRUE(contains(plan.out, "2 to do, 0 to skip, 1 would fail")) << plan.out;
  EXPECT_TRUE(contains(plan.err, "c.png: this is not a picture")) << plan.err;
  EXPECT_FALSE(fs::exists(scratch_ / "out"));
}

TEST_F(Batch, JsonIsOneObjectAnEventAndTextGoesToStandardError) {
  save_picture(scratch_ / "in/a.png", 20, 10);
  save_picture(scratch_ / "in/bytes\xff.png", 4, 3);
  write_text(scratch_ / "in/c.png", "no picture");
  const Outcome outcome = upscale({at("in"), "-o", at("out"), "--json"});
  EXPECT_EQ(outcome.exit_code, 1);
  std::map<std::string, int> events;
  for (const std::string& line : lines_of(outcome.out)) {
    const json event = json::parse(line);  // throws, and so fails, where it is none
    ++events[event.at("event")];
    if (event["event"] == "done") { EXPECT_GT(event["report"]["predicted_peak_bytes"], 0); }
    if (event["event"] == "failed") {
      EXPECT_EQ(event["code"], "unsupported");
      EXPECT_EQ(event["input"], at("in/c.png"));
    }
    if (event["event"] == "summary") {
      EXPECT_EQ(event["done"], 2);
      EXPECT_EQ(event["failed"].size(), 1u);
    }
  }
  EXPECT_EQ(events["begin"], 1);
  EXPECT_EQ(events["start"], 2);
  EXPECT_EQ(events["done"], 2);
  EXPECT_EQ(events["failed"], 1);
  EXPECT_EQ(events["summary"], 1);
  EXPECT_TRUE(contains(outcome.err, "2 done, 0 skipped, 1 failed")) << outcome.err;
  const Outcome plan = upscale({at("in"), "-o", at("new"), "--json", "--dry-run"});
  for (const std::string& line : lines_of(plan.out)) EXPECT_TRUE(json::accept(line)) << line;
  EXPECT_TRUE(contains(plan.out, "\"estimated_seconds\"")) << plan.out;
}

TEST_F(Batch, ShardsTogetherDoEveryFileOnce) {
  for (int i = 0; i < 12; ++i) save_picture(scratch_ / ("in/" + std::to_string(i) + ".png"), 3, 2);
  std::set<std::string> done;
  std::size_t sum = 0;
  for (const char* shard : {"1/3", "2/3", "3/3"}) {
    const std::string out = std::string("out") + shard[0];
    const Outcome outcome = upscale({at("in"), "-o", at(out), "--shard", shard});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    if (!fs::exists(scratch_ / out)) continue;
    for (const auto& entry : fs::directory_iterator(scratch_ / out)) {
      if (entry.path().extension() != ".png") continue;
      done.insert(entry.path().filename().string());
      ++sum;
    }
  }
  EXPECT_EQ(done.size(), 12u);
  EXPECT_EQ(sum, 12u);
}

TEST_F(Batch, LimitsAreToldBeforeTheRun) {
  save_picture(scratch_ / "wide.png", 40000, 1);
  save_picture(scratch_ / "alpha.png", 4, 3);
  save(make_picture(4, 3, 4), scratch_ / "alpha.png");
  const Outcome wide = upscale({at("wide.png"), "-o", at("wide.jpg")});
  EXPECT_EQ(wide.exit_code, 1);
  EXPECT_TRUE(contains(wide.err, "at most 65500 pixels a side, and the result would have 80000; -f png")) << wide.err;
  const Outcome alpha = upscale({at("alpha.png"), "-o", at("alpha.jpg")});
  EXPECT_EQ(alpha.exit_code, 1);
  EXPECT_TRUE(contains(alpha.err, "can't hold transparency; -f png")) << alpha.err;
  const Outcome pixels = upscale({at("wide.png"), "-o", at("wide_x2.png"), "--max-pixels", "39999"});
  EXPECT_EQ(pixels.exit_code, 1);
  EXPECT_TRUE(contains(pixels.err, "has 40000 pixels, --max-pixels allows 39999")) << pixels.err;
  EXPECT_EQ(upscale({at("wide.png"), "-o", at("wide_x2.png"), "--max-pixels", "40k"}).exit_code, 0);
  EXPECT_EQ(load(scratch_ / "wide_x2.png").info.width, 80000);
}

TEST_F(Batch, StripLeavesNoMetadata) {
  TestPicture picture = make_picture(6, 4);
  picture.metadata.x_dpi = picture.metadata.y_dpi = 300;
  const std::string xmp = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>";
  for (const char c : xmp) picture.metadata.xmp.push_back(static_cast<std::byte>(c));
  save(picture, scratch_ / "in.png");
  EXPECT_EQ(upscale({at("in.png"), "-o", at("kept.png")}).exit_code, 0);
  EXPECT_EQ(upscale({at("in.png"), "-o", at("stripped.png"), "--strip"}).exit_code, 0);
  EXPECT_NEAR(load(scratch_ / "kept.png").metadata.x_dpi, 300, 1);
  EXPECT_FALSE(load(scratch_ / "kept.png").metadata.xmp.empty());
  EXPECT_EQ(load(scratch_ / "stripped.png").metadata.x_dpi, 0);
  EXPECT_TRUE(load(scratch_ / "stripped.png").metadata.xmp.empty());
}

TEST_F(Batch, WorkersAndBudgetsChangeNoByte) {
  for (int i = 0; i < 6; ++i) save_picture(scratch_ / ("in/" + std::to_string(i) + ".png"), 60 + 10 * i, 50);
  EXPECT_EQ(upscale({at("in"), "-o", at("out1")}).exit_code, 0);
  EXPECT_EQ(upscale({at("in"), "-o", at("out2"), "-j", "3:2:3", "--memory-budget", "8M"}).exit_code, 0);
  EXPECT_EQ(upscale({at("in"), "-o", at("out3"), "-j", "2:1:2", "--memory-budget", "2G"}).exit_code, 0);
  for (const std::string& name : results()) {
    EXPECT_EQ(read_text(scratch_ / name), read_text(scratch_ / ("out1" + name.substr(4)))) << name;
  }
  EXPECT_EQ(results().size(), 18u);
}

TEST_F(Batch, AFileThatVanishesDuringTheRunIsOneLine) {
  save_picture(scratch_ / "in/1.png", 500, 400);
  save_picture(scratch_ / "in/2.png", 8, 8);
  save_picture(scratch_ / "in/3.png", 500, 400);
  save_picture(scratch_ / "in/4.png", 8, 8);
  Process process({"upscale", "-m", tiny_model(4), "--threads", "1", at("in"), "-o", at("out")});
  while (process.running() && !fs::exists(scratch_ / "out")) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  fs::remove(scratch_ / "in/4.png");
  const Outcome outcome = process.wait();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(lines_of(outcome.err).size(), 1u) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "in/4.png: ")) << outcome.err;
  EXPECT_EQ(results(), (Names{"out/1_x4.png", "out/2_x4.png", "out/3_x4.png"}));
}

}  // namespace
}  // namespace nalasr::test
