#include "driver/posthog/export_check.h"

#include "driver/base/atomic_file.h"
#include "driver/posthog/export_file.h"

namespace posthog {

namespace {

constexpr std::size_t manifestBytes = 4 * 1024 * 1024; // a century of days has 1 MB

const ph::Json &member(const ph::Json &object, const char *key)
{
    static const ph::Json none;
    const auto found = object.is_object() ? object.find(key) : object.end();
    return !object.is_object() || found == object.end() ? none : *found;
}

std::string textIn(const ph::Json &object, const char *key)
{
    const ph::Json &value = member(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

std::int64_t numberIn(const ph::Json &object, const char *key)
{
    const ph::Json &value = member(object, key);
    return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

/// Counts the lines of JSONL and the records of CSV, whose line breaks may stand in quotes.
class RowCounter
{
public:
    explicit RowCounter(bool isCsv)
        : m_isCsv(isCsv)
    {
    }
    void add(std::string_view bytes)
    {
        for (const char c : bytes) {
            if (c == '"' && m_isCsv)
                m_isQuoted = !m_isQuoted;
            else if (c == '\n' && !m_isQuoted)
                ++m_lines;
        }
    }
    std::int64_t rows() const { return m_isCsv && m_lines > 0 ? m_lines - 1 : m_lines; } // without the names of the columns

private:
    const bool m_isCsv;
    bool m_isQuoted = false;
    std::int64_t m_lines = 0;
};

ph::Result<ExportCheck> readManifest(const std::filesystem::path &path)
{
    const auto refuse = [&](const char *why) { return ph::fail(ph::ErrorCode::InvalidInput, path.string() + " " + why); };
    std::error_code ignored;
    if (!path.filename().string().ends_with(".manifest.json"))
        return refuse("is no manifest: its name is the exported file's with .manifest.json behind it.");
    if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored))
        return refuse("is no file.");
    const auto text = ph::readFile(path, manifestBytes);
    if (!text)
        return ph::fail(text.error());
    const ph::Json json = ph::Json::parse(*text, nullptr, false);
    const ph::Json &request = member(json, "request");
    ExportCheck check;
    check.file = textIn(json, "file");
    check.sha256 = textIn(json, "sha256");
    check.format = textIn(json, "format").empty() ? textIn(request, "format") : textIn(json, "format");
    const bool isOurs = textIn(json, "written_by") == "hoglet" && check.sha256.size() == 64 && !check.format.empty();
    if (!isOurs)
        return refuse("is no manifest of an export.");
    if (check.file.empty() || std::filesystem::path(check.file).filename() != check.file || check.file == "." || check.file == "..")
        return refuse("names a file outside its own folder.");
    check.kind = textIn(request, "kind");
    check.host = textIn(request, "host");
    check.project = textIn(request, "project");
    check.from = textIn(request, "from");
    check.to = textIn(request, "to");
    const ph::Json &events = member(request, "events");
    check.isWhole = check.kind != "query" && textIn(request, "where").empty() && (!events.is_array() || events.empty());
    check.isComplete = member(json, "complete") == true;
    check.rows = numberIn(json, "rows");
    check.duplicates = numberIn(json, "duplicates");
    check.bytes = numberIn(json, "bytes");
    if (const ph::Json &days = member(json, "days"); days.is_object()) {
        for (const auto &[day, rows] : days.items())
            check.days.push_back({day, rows.is_number_integer() ? rows.get<std::int64_t>() : 0});
    }
    return check;
}

} // namespace

ph::Result<ExportCheck> checkExport(const std::filesystem::path &manifest, std::stop_token stop)
{
    auto check = readManifest(manifest);
    if (!check)
        return check;
    const auto file = manifest.parent_path() / check->file;
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored) && !std::filesystem::is_regular_file(file, ignored))
        return ph::fail(ph::ErrorCode::InvalidInput, file.string() + " is no file.");
    RowCounter counter(check->format == "csv");
    const auto sum = sha256Of(file, [&](std::string_view bytes) {
        counter.add(bytes);
        check->foundBytes += static_cast<std::int64_t>(bytes.size());
        return !stop.stop_requested();
    });
    if (!sum)
        return ph::fail(sum.error());
    check->foundSha256 = *sum;
    if (check->format == "csv" || check->format == "jsonl")
        check->foundRows = counter.rows();
    return check;
}

} // namespace posthog
