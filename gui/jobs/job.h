// One picture on its way through the program: plain data, shown by the widgets and moved on by JobQueue.
#pragma once

#include <QString>
#include <QStringList>
#include <algorithm>
#include <optional>
#include <vector>

#include "document/picture_facts.h"
#include "jobs/eta.h"
#include "jobs/run_settings.h"
#include "jobs/worker_process.h"

namespace nalasr::gui {

enum class JobState {
  inspecting,  ///< its header is being read
  ready,       ///< could be upscaled
  waiting,     ///< will be, when its turn comes
  running,
  paused,
  done,
  failed,
  cancelled,
};

/// The most memory that a run held.
struct Peak {
  std::uint64_t predicted = 0, measured = 0;
};

/// A picture that a run has made.
struct JobResult {
  QString file;                 ///< where it is now
  bool is_saved = false;        ///< under a name of the user's; otherwise it goes when the program ends
  bool for_comparison = false;  ///< made to be looked at beside another: nobody asks to save it
  RunSettings run;
  QSize size;
  Peak host;
  std::optional<Peak> gpu;                                                          ///< where one computed
  std::uint64_t computed_eager = 0, computed_flash = 0, computed_materialised = 0;  ///< nalasr/comparison.h
  double seconds = 0;
  QString gpu_name, instruction_set;
  QStringList warnings;
  std::vector<MemorySample> samples;

  /// Of the memory that counts, as in peak_of().
  [[nodiscard]] const Peak& peak() const { return gpu ? *gpu : host; }
};

struct Job {
  int id = 0;
  QString input;
  JobState state = JobState::inspecting;
  std::optional<PictureFacts> facts;
  QString problem, hint;  ///< why it failed

  // Of the run under way, or of the last one.
  RunSettings run;
  bool wanted = false;          ///< its header is still being read; then its turn comes
  bool in_series = false;       ///< the next summary counts it: it was to be upscaled, or could not be read
  bool to_folder = false;       ///< straight to its final name, else to a temporary place first
  bool for_comparison = false;  ///< only to look at beside the result that is there
  double fraction = 0;
  Eta eta;
  std::uint64_t predicted = 0, budget = 0;  ///< of the GPU's memory where one computes
  QString gpu;                              ///< its name
  std::vector<MemorySample> samples;

  std::vector<JobResult> results;  ///< the newest last

  [[nodiscard]] bool is_active() const { return state == JobState::running || state == JobState::paused; }
  [[nodiscard]] bool is_startable() const {
    return facts && state != JobState::inspecting && state != JobState::waiting && !is_active();
  }
  /// Whether "Upscale all" is for it: what has no result and is not on its way to one.
  [[nodiscard]] bool awaits_upscaling() const {
    return state == JobState::inspecting || (is_startable() && state != JobState::done);
  }
  /// The newest that was asked for as such.
  [[nodiscard]] const JobResult* result() const {
    const auto found = std::find_if(results.rbegin(), results.rend(), [](const auto& r) { return !r.for_comparison; });
    return found == results.rend() ? nullptr : &*found;
  }
  [[nodiscard]] bool has_unsaved_result() const {
    const JobResult* newest = result();  // what it took the place of can no longer be saved
    return newest != nullptr && !newest->is_saved;
  }
};

}  // namespace nalasr::gui
