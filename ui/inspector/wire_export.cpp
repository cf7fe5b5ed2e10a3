#include "ui/inspector/wire_export.h"

#include "driver/base/json_fields.h"
#include "driver/base/time.h"
#include "ui/inspector/message_head.h"
#include "ui/inspector/message_text.h"

#include <QSaveFile>

namespace ui {

std::string exportedLine(const WireLine &line)
{
    const bool isMessage = headOf(line.text).kind != MessageKind::Invalid;
    std::string out = isMessage ? R"({"type":"notification")" : R"({"type":"text")";
    if (line.time)
        out += R"(,"timestamp":")" + ph::isoTimeMicros(std::chrono::floor<std::chrono::microseconds>(*line.time)) + '"';
    out += line.direction == acp::Direction::Sent ? R"(,"direction":"sent")" : R"(,"direction":"received")";
    const auto text = redactedMessage(line.text);
    if (isMessage)
        out += R"(,"notification":)" + text;
    else
        out += R"(,"text":)" + ph::Json(text).dump(-1, ' ', false, ph::Json::error_handler_t::replace);
    return out + '}';
}

ph::Result<> exportLines(const QString &path, const std::vector<WireLinePtr> &lines, std::stop_token stop)
{
    QSaveFile file(path);
    const auto refused = [&] {
        return ph::fail(ph::ErrorCode::Internal, "Could not write " + path.toStdString() + ": " + file.errorString().toStdString() + ".");
    };
    if (!file.open(QIODevice::WriteOnly))
        return refused();
    for (const auto &line : lines) {
        if (stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "The export was cancelled.");
        const auto text = exportedLine(*line) + '\n';
        if (file.write(text.data(), qint64(text.size())) != qint64(text.size()))
            return refused();
    }
    if (!file.commit())
        return refused();
    return {};
}

} // namespace ui
