#include "driver/posthog/export_state.h"

#include "driver/base/atomic_file.h"

namespace posthog {

namespace {

std::filesystem::path beside(const std::filesystem::path &target, const char *suffix)
{
    std::filesystem::path path = target;
    path += suffix;
    return path;
}

} // namespace

ExportPaths::ExportPaths(const std::filesystem::path &file)
    : target(file)
    , part(beside(file, ".part"))
    , checkpoint(beside(file, ".checkpoint"))
    , uuids(beside(file, ".uuids"))
    , manifest(beside(file, ".manifest.json"))
    , sum(beside(file, ".sha256"))
{
}

ph::Json identityOf(const ExportRequest &request, const std::string &host, const std::string &projectId)
{
    constexpr const char *kinds[] = {"events", "persons", "query"};
    ph::Json identity = {{"host", host},
                         {"project", projectId},
                         {"kind", kinds[static_cast<int>(request.kind)]},
                         {"format", request.format == ExportFormat::Csv ? "csv" : "jsonl"},
                         {"values", request.values.is_object() ? request.values : ph::Json::object()}};
    if (request.format == ExportFormat::Csv)
        identity["formula_safe"] = request.formulaSafe;
    if (request.kind == ExportKind::Query) {
        identity["query"] = request.hogql;
        identity["key"] = request.key;
    } else {
        identity["from"] = request.from;
        identity["to"] = request.to;
        identity["events"] = request.events;
        identity["where"] = request.where;
    }
    return identity;
}

ph::Result<std::optional<ExportState>> loadState(const ExportPaths &paths, const ph::Json &identity)
{
    const auto text = ph::readFile(paths.checkpoint);
    if (!text && text.error().code == ph::ErrorCode::NotFound)
        return std::optional<ExportState>();
    if (!text)
        return ph::fail(text.error());
    auto state = ph::parse<ExportState>(ph::Json::parse(*text, nullptr, false));
    const bool isOurs = state && state->version == 1 && state->request == identity;
    if (!isOurs) {
        return ph::fail(ph::ErrorCode::InvalidInput,
                        paths.checkpoint.string()
                            + " belongs to another export that was not finished. Finish it, choose another file, or begin anew.");
    }
    return std::optional<ExportState>(std::move(*state));
}

} // namespace posthog
