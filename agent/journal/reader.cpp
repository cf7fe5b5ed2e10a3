#include "agent/journal/reader.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace journal {
namespace {

constexpr std::size_t titleLength = 60; // characters of a first prompt

/// The first line of `text`, cut at a character after at most titleLength bytes.
std::string shortTitle(const std::string &text)
{
    auto title = text.substr(0, text.find('\n'));
    if (title.size() > titleLength) {
        auto end = titleLength;
        while (end > 0 && (static_cast<unsigned char>(title[end]) & 0xc0) == 0x80)
            --end;
        title = title.substr(0, end) + "…";
    }
    return title;
}

std::string promptText(const ph::Json &params)
{
    const auto prompt = params.find("prompt");
    if (prompt == params.end() || !prompt->is_array())
        return {};
    for (const auto &block : *prompt) {
        if (block.is_object() && block.value("type", "") == "text" && block.contains("text") && block["text"].is_string())
            return block["text"];
    }
    return {};
}

/// Takes from one entry what a list shows. Only the few lines that can hold any of it are parsed.
void readInto(RunInfo &info, std::string &prompt, const std::string &line)
{
    const auto mentions = [&line](const char *word) { return line.find(word) != std::string::npos; };
    const bool titled = mentions("\"session_info_update\"");
    const bool begins = info.cwd.empty() && mentions("\"session/new\"");
    const bool prompts = prompt.empty() && mentions("\"session/prompt\"");
    if (!titled && !begins && !prompts)
        return;
    const auto json = ph::Json::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("params") || !json["params"].is_object())
        return;
    const auto &params = json["params"];
    const auto method = json.contains("method") && json["method"].is_string() ? json["method"].get<std::string>() : std::string();
    if (method == "session/update" && params.contains("update") && params["update"].is_object()) {
        const auto &update = params["update"];
        if (update.value("sessionUpdate", ph::Json()) == "session_info_update" && update.contains("title"))
            info.title = update["title"].is_string() ? update["title"].get<std::string>() : std::string();
    } else if (method == "session/new" && params.contains("cwd") && params["cwd"].is_string()) {
        info.cwd = params["cwd"];
    } else if (method == "session/prompt") {
        prompt = promptText(params);
    }
}

} // namespace

std::filesystem::path logPath(const std::filesystem::path &directory, const std::string &runId)
{
    return directory / "sessions" / runId / "logs.ndjson";
}

ph::Result<std::vector<Entry>> readRun(const std::filesystem::path &directory, const std::string &runId)
{
    std::error_code error;
    if (!isRunId(runId) || !std::filesystem::exists(logPath(directory, runId), error))
        return ph::fail(ph::ErrorCode::NotFound, "There is no session " + runId + ".");
    std::ifstream file(logPath(directory, runId), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file || file.bad())
        return ph::fail(ph::ErrorCode::Internal, "The log of session " + runId + " cannot be read.");
    return entriesOf(text.view());
}

std::optional<RunInfo> runInfo(const std::filesystem::path &directory, const std::string &runId)
{
    if (!isRunId(runId))
        return {};
    std::ifstream file(logPath(directory, runId), std::ios::binary);
    if (!file)
        return {};
    RunInfo info;
    info.runId = runId;
    std::string prompt;
    for (std::string line; std::getline(file, line);) {
        for (auto &entry : entriesOf(line)) {
            if (info.firstAt.empty())
                info.firstAt = entry.timestamp;
            info.lastAt = entry.timestamp;
            ++info.count;
            readInto(info, prompt, entry.line);
        }
    }
    if (info.title.empty())
        info.title = shortTitle(prompt);
    return info;
}

std::vector<RunInfo> listRuns(const std::filesystem::path &directory)
{
    std::vector<RunInfo> runs;
    std::error_code error;
    for (const auto &item : std::filesystem::directory_iterator(directory / "sessions", error)) {
        if (auto info = runInfo(directory, item.path().filename().string()))
            runs.push_back(*std::move(info));
    }
    std::sort(runs.begin(), runs.end(), [](const RunInfo &a, const RunInfo &b) { return std::tie(b.lastAt, b.runId) < std::tie(a.lastAt, a.runId); });
    return runs;
}

ph::Result<> removeRun(const std::filesystem::path &directory, const std::string &runId)
{
    if (!isRunId(runId))
        return ph::fail(ph::ErrorCode::NotFound, "There is no session " + runId + ".");
    std::error_code error;
    std::filesystem::remove_all(directory / "sessions" / runId, error);
    if (error)
        return ph::fail(ph::ErrorCode::Internal, "The session's log cannot be deleted: " + error.message() + ".");
    return {};
}

} // namespace journal
