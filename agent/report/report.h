#pragma once

#include "agent/workflow/definition.h"
#include "driver/posthog/table.h"

#include <functional>
#include <string>
#include <vector>

namespace report {

struct Section {
    workflow::Outcome outcome;
    posthog::Table table; // what the chart draws

    static constexpr auto fields = std::tuple{ph::Field{"outcome", &Section::outcome}, ph::Field{"table", &Section::table}};
};

/// A finished (or cancelled) workflow run, ready to be written.
struct Report {
    std::string workflowId;
    std::string title;
    std::string project;    // name, with "demo" said
    std::string writtenAt;  // ISO 8601, given by the caller
    ph::Json parameters = ph::Json::object();
    std::vector<Section> sections;
    std::string decision;   // plain text, paragraphs parted by an empty line
    std::vector<std::string> caveats;

    static constexpr auto fields = std::tuple{
        ph::Field{"workflowId", &Report::workflowId}, ph::Field{"title", &Report::title}, ph::Field{"project", &Report::project},
        ph::Field{"writtenAt", &Report::writtenAt}, ph::Field{"parameters", &Report::parameters}, ph::Field{"sections", &Report::sections},
        ph::Field{"decision", &Report::decision}, ph::Field{"caveats", &Report::caveats}};
};

/// `chartPath(step)` gives the picture's path or data URL for a step, or "" for none. Data from events is escaped.
std::string toMarkdown(const Report &report, const std::function<std::string(const std::string &step)> &chartPath);
/// The first rows as a Markdown table, with a line that says how many there are when some are left out.
std::string markdownTable(const posthog::Table &table, std::size_t maximumRows);
std::string toHtml(const Report &report);  // one file, SVG charts inside, no script, no outside resource
std::string toJson(const Report &report);  // stable keys; tables included

} // namespace report
