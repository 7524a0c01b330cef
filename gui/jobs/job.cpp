#include "jobs/job.h"

#include "jobs/job_queue.h"

namespace nalasr::gui {

QString state_text(const Job& job) {
  switch (job.state) {
    case JobState::inspecting:
      return JobQueue::tr("reading …");
    case JobState::ready:
      return job.facts ? describe(*job.facts) : QString();
    case JobState::waiting:
      return JobQueue::tr("waiting");
    case JobState::running:
      return JobQueue::tr("%1%").arg(static_cast<int>(job.fraction * 100));
    case JobState::paused:
      return JobQueue::tr("paused at %1%").arg(static_cast<int>(job.fraction * 100));
    case JobState::done:
      return job.has_unsaved_result() ? JobQueue::tr("done, not saved yet") : JobQueue::tr("done");
    case JobState::failed:
      return JobQueue::tr("failed: %1").arg(job.problem);
    case JobState::cancelled:
      return JobQueue::tr("cancelled");
  }
  return {};
}

}  // namespace nalasr::gui
