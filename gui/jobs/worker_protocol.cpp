#include "jobs/worker_protocol.h"

#include <QJsonDocument>

namespace nalasr::gui {
namespace {

QByteArray line_of(const QJsonObject& object) { return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n'; }

}  // namespace

QByteArray WorkRequest::to_line() const {
  return line_of({{"task", static_cast<int>(task)},
                  {"input", input},
                  {"output", output},
                  {"format", format},
                  {"quality", quality},
                  {"png_compression", png_compression},
                  {"model_file", model_file},
                  {"model_sha256", model_sha256},
                  {"sharper_file", sharper_file},
                  {"sharper_sha256", sharper_sha256},
                  {"sharpness", sharpness},
                  {"scale", scale},
                  {"device", device},
                  {"memory_limit", static_cast<qint64>(memory_limit)}});
}

std::optional<WorkRequest> WorkRequest::from_line(const QByteArray& line) {
  const QJsonObject object = parse_line(line);
  if (!object.contains("task")) return {};
  WorkRequest request;
  request.task = static_cast<Task>(object["task"].toInt());
  request.input = object["input"].toString();
  request.output = object["output"].toString();
  request.format = object["format"].toString();
  request.quality = object["quality"].toInt();
  request.png_compression = object["png_compression"].toInt();
  request.model_file = object["model_file"].toString();
  request.model_sha256 = object["model_sha256"].toString();
  request.sharper_file = object["sharper_file"].toString();
  request.sharper_sha256 = object["sharper_sha256"].toString();
  request.sharpness = object["sharpness"].toDouble();
  request.scale = object["scale"].toDouble();
  request.device = object["device"].toString();
  request.memory_limit = static_cast<std::uint64_t>(object["memory_limit"].toInteger());
  return request;
}

QByteArray event_line(const char* event, QJsonObject fields) {
  fields[wire::event] = QLatin1String(event);
  return line_of(fields);
}

QJsonObject parse_line(const QByteArray& line) { return QJsonDocument::fromJson(line).object(); }

}  // namespace nalasr::gui
