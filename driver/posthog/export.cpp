#include "driver/posthog/export.h"

namespace posthog {

ExportRequest eventsExport(std::filesystem::path file, std::string from, std::string to, std::vector<std::string> events,
                           ExportFormat format)
{
    ExportRequest request;
    request.file = std::move(file);
    request.from = std::move(from);
    request.to = std::move(to);
    request.events = std::move(events);
    request.format = format;
    return request;
}

} // namespace posthog
