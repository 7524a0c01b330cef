#include <nlohmann/json.hpp>

#include "nalasr/upscaler.h"

namespace nalasr {
namespace {

nlohmann::json picture_json(const std::filesystem::path& path, const ImageInfo& info) {
  return {{"path", path.string()}, {"width", info.width},       {"height", info.height},
          {"bits", info.bits},     {"channels", info.channels}, {"format", info.format}};
}

}  // namespace

std::string RunReport::to_json() const {
  const nlohmann::json report = {{"input", picture_json(input, input_info)},
                                 {"output", picture_json(output, output_info)},
                                 {"model", model},
                                 {"device", device},
                                 {"device_note", device_note},
                                 {"instruction_set", instruction_set},
                                 {"plan",
                                  {{"strip_rows", plan.strip_rows},
                                   {"sweeps", plan.sweeps},
                                   {"threads", plan.threads},
                                   {"input_bytes", plan.input_bytes},
                                   {"map_bytes", plan.map_bytes},
                                   {"working_bytes", plan.working_bytes},
                                   {"output_bytes", plan.output_bytes},
                                   {"codec_bytes", plan.codec_bytes}}},
                                 {"predicted_peak_bytes", predicted_peak},
                                 {"measured_peak_bytes", measured_peak},
                                 {"device_memory",
                                  {{"predicted_peak_bytes", predicted_device_peak},
                                   {"measured_peak_bytes", measured_device_peak},
                                   {"pinned_bytes", plan.device_memory.pinned_bytes},
                                   {"map_chunks", plan.device_memory.map_chunks},
                                   {"host_chunks", plan.device_memory.host_chunks}}},
                                 {"fp32_redone", fp32_redone},
                                 {"seconds",
                                  {{"total", seconds_total},
                                   {"decode", seconds_decode},
                                   {"network", seconds_network},
                                   {"encode", seconds_encode}}},
                                 {"warnings", warnings}};
  // Paths may hold bytes that are not UTF-8: replace them rather than throw.
  return report.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace nalasr
