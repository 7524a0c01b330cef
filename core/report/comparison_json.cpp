// Runs and comparisons as JSON and back.
#include <nlohmann/json.hpp>

#include "nalasr/comparison_report.h"

namespace nalasr {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "nalasr-comparison-1";

std::string dump(const json& value, int indent) {
  // Paths may hold bytes that are not UTF-8: replace them rather than throw.
  return value.dump(indent, ' ', false, json::error_handler_t::replace);
}

Method method_of(const json& value) {
  const auto method = parse_method(value.at("method").get<std::string>());
  if (!method) throw std::runtime_error("an unknown method");
  return *method;
}

Device device_of(const json& value) {
  return value.at("device").get<std::string>() == to_string(Device::cuda) ? Device::cuda : Device::cpu;
}

json run_json(const MethodRun& r) {
  json timeline = json::array();
  for (const MemorySample& s : r.timeline) timeline.push_back({s.seconds, s.host, s.device});
  return {{"method", to_string(r.method)},
          {"width", r.width},
          {"height", r.height},
          {"device", to_string(r.device)},
          {"device_name", r.device_name},
          {"code", r.code},
          {"precision", r.precision},
          {"threads", r.threads},
          {"warm_up", r.warm_up},
          {"seconds", r.seconds},
          {"host_peak_bytes", r.host_peak},
          {"host_total_bytes", r.host_total},
          {"predicted_peak_bytes", r.predicted_peak},
          {"device_allocated_bytes", r.device_allocated},
          {"device_reserved_bytes", r.device_reserved},
          {"device_driver_bytes", r.device_driver},
          {"timeline", timeline}};
}

MethodRun run_of(const json& v) {
  MethodRun r;
  r.method = method_of(v);
  r.device = device_of(v);
  v.at("width").get_to(r.width);
  v.at("height").get_to(r.height);
  v.at("device_name").get_to(r.device_name);
  v.at("code").get_to(r.code);
  v.at("precision").get_to(r.precision);
  v.at("threads").get_to(r.threads);
  v.at("warm_up").get_to(r.warm_up);
  v.at("seconds").get_to(r.seconds);
  v.at("host_peak_bytes").get_to(r.host_peak);
  v.at("host_total_bytes").get_to(r.host_total);
  v.at("predicted_peak_bytes").get_to(r.predicted_peak);
  v.at("device_allocated_bytes").get_to(r.device_allocated);
  v.at("device_reserved_bytes").get_to(r.device_reserved);
  v.at("device_driver_bytes").get_to(r.device_driver);
  for (const json& s : v.at("timeline"))
    r.timeline.push_back({s.at(0).get<double>(), s.at(1).get<std::uint64_t>(), s.at(2).get<std::uint64_t>()});
  return r;
}

template <typename T, typename Convert>
Result<T> parse(const std::string& text, const std::string& what, Convert convert) {
  try {
    return convert(json::parse(text));
  } catch (const std::exception&) { return Error{ErrorCode::corrupt, "is not " + what, ""}; }
}

}  // namespace

std::string to_json(const MethodRun& run) { return dump(run_json(run), -1); }

Result<MethodRun> parse_method_run(const std::string& text) {
  return parse<MethodRun>(text, "what a measuring process prints", run_of);
}

std::string json_report(const Comparison& c) {
  json entries = json::array();
  for (const ComparisonEntry& e : c.entries) {
    json entry = {{"method", to_string(e.method)}, {"width", e.width}, {"height", e.height}, {"tokens", e.tokens()}};
    if (e.run) entry["measured"] = run_json(*e.run);
    if (e.computed > 0) entry["computed_peak_bytes"] = e.computed;
    if (!e.reason.empty()) entry["not_measured_because"] = e.reason;
    entries.push_back(entry);
  }
  json claims = json::array();
  for (const ClaimRow& row : claim_rows(c)) {
    json claim = {{"tokens", row.tokens}, {"rival", to_string(row.rival)}, {"known", row.known}};
    if (row.known) {
      claim["percent_less"] = row.less;
      claim["nalasr_bytes"] = row.ours;
      claim["rival_bytes"] = row.theirs;
      claim["rival_is"] = row.measured ? "measured" : "computed";
      claim["reached"] = row.reached();
    }
    claims.push_back(claim);
  }
  return dump({{"format", kFormat},
               {"headline", headline(c)},
               {"version", c.version},
               {"command_line", c.command_line},
               {"date", c.date},
               {"machine", c.machine},
               {"driver", c.driver},
               {"model", c.model},
               {"model_sha256", c.model_sha256},
               {"precision", c.precision},
               {"picture", c.picture},
               {"device", to_string(c.device)},
               {"scale", c.scale},
               {"repeat", c.repeat},
               {"warm_up", c.warm_up},
               {"threads", c.threads},
               {"claimed_percent_less", ClaimRow::kClaimedPercent},
               {"claim", claims},
               {"entries", entries}},
              1) +
         "\n";
}

Result<Comparison> parse_comparison(const std::string& text) {
  return parse<Comparison>(text, "a report of `nalasr compare`", [](const json& v) {
    if (v.at("format").get<std::string>() != kFormat) throw std::runtime_error("another format");
    Comparison c;
    v.at("version").get_to(c.version);
    v.at("command_line").get_to(c.command_line);
    v.at("date").get_to(c.date);
    v.at("machine").get_to(c.machine);
    v.at("driver").get_to(c.driver);
    v.at("model").get_to(c.model);
    v.at("model_sha256").get_to(c.model_sha256);
    v.at("precision").get_to(c.precision);
    v.at("picture").get_to(c.picture);
    c.device = device_of(v);
    v.at("scale").get_to(c.scale);
    v.at("repeat").get_to(c.repeat);
    v.at("warm_up").get_to(c.warm_up);
    v.at("threads").get_to(c.threads);
    for (const json& entry : v.at("entries")) {
      ComparisonEntry e{.method = method_of(entry)};
      entry.at("width").get_to(e.width);
      entry.at("height").get_to(e.height);
      if (entry.contains("measured")) e.run = run_of(entry.at("measured"));
      e.computed = entry.value("computed_peak_bytes", std::uint64_t{0});
      e.reason = entry.value("not_measured_because", "");
      c.entries.push_back(std::move(e));
    }
    return c;
  });
}

}  // namespace nalasr
