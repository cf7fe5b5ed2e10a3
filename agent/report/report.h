#pragma once

#include "agent/workflow/definition.h"
#include "driver/posthog/table.h"

#include <functional>
#include <string>
#include <vector>

namespace report {

struct Section {
    workflow::Outcome outcome;
    posthog::Table table;
};

/// A finished (or cancelled) workflow run, ready to be written.
struct Report {
    std::string workflowId;
    std::string title;
    std::string project;    // name, with "demo" said
    std::string writtenAt;  // ISO 8601, given by the caller
    ph::Json parameters = ph::Json::object();
    std::vector<Section> sections;
    std::string decision;   // Markdown: the written decision
    std::vector<std::string> caveats;
};

/// `chartPath(step)` gives the picture's path or data URL for a step, or "" for none. Data from events is escaped.
std::string toMarkdown(const Report &report, const std::function<std::string(const std::string &step)> &chartPath);
std::string toHtml(const Report &report);  // one file, SVG charts inside, no script, no outside resource
std::string toJson(const Report &report);  // stable keys; tables included

} // namespace report
