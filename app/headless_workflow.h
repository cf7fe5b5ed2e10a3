#pragma once

#include "agent/report/report.h"
#include "agent/session/acp_agent.h"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>

namespace app {

/// A workflow run without a user.
struct HeadlessWorkflow {
    std::string id;
    ph::Json parameters = ph::Json::object();
    /// What to answer to a step's questions ("loss"), to its offers ("act.offers") and to a failed query ("failed:paths"), in
    /// order; a question that has none gets the recommended answer. Objects are created only where an answer here asks for it.
    std::map<std::string, std::vector<std::string>> answers;
    std::string project; // for the report's head
};

struct HeadlessResult {
    std::optional<report::Report> report;
    bool cancelled = false;
    std::vector<std::string> failedSteps;      // titles
    std::vector<std::string> unusedAnswers;    // "loss=9": never asked, or no such option
    std::string error;                         // why the run could not begin, in a sentence
};

/// Runs the embedded agent over a pipe in this process, as its only client. `onProgress` gets a line at a time, on another
/// thread. When `stop` is requested the turn is cancelled as a user would, and what was found until then is dropped.
ph::Result<HeadlessResult> runHeadless(agent::Options options, const HeadlessWorkflow &run, const std::function<void(const std::string &line)> &onProgress,
                                       std::stop_token stop);

/// report.md, report.json, report.html and charts/<step>.svg in `folder`, which is made. Error: Internal, what cannot be written.
ph::Result<> writeReport(const report::Report &report, const std::filesystem::path &folder);

} // namespace app
