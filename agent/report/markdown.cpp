#include "agent/report/chart_data.h"
#include "agent/report/escape.h"
#include "agent/report/report.h"

#include <algorithm>

namespace report {

namespace {

constexpr std::size_t maximumRows = 15;

std::string paragraphs(const std::string &text)
{
    std::string out;
    std::size_t start = 0;
    while (start <= text.size()) {
        auto end = text.find("\n\n", start);
        if (end == std::string::npos)
            end = text.size();
        if (end > start)
            out += escapeMarkdown(text.substr(start, end - start)) + "\n\n";
        start = end + 2;
    }
    return out;
}

std::string parameterText(const ph::Json &value)
{
    if (!value.is_array())
        return escapeMarkdown(cellLabel(value));
    std::string out;
    for (const auto &item : value) {
        const char *name = item.is_object() && item.contains("label") ? "label" : "event";
        const auto text = item.is_object() && item.contains(name) ? cellLabel(item[name]) : cellLabel(item);
        out += (out.empty() ? "" : " → ") + escapeMarkdown(text);
    }
    return out;
}

} // namespace

std::string markdownTable(const posthog::Table &table, std::size_t maximumRows)
{
    if (table.columns.empty())
        return {};
    std::string out = "|";
    for (const auto &column : table.columns)
        out += " " + escapeMarkdown(column.name) + " |";
    out += "\n|";
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        out += isNumeric(table, i) ? " ---: |" : " --- |";
    out += "\n";
    for (std::size_t row = 0; row < std::min(table.rows.size(), maximumRows); ++row) {
        out += "|";
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            out += " " + escapeMarkdown(cellLabel(cellAt(table, row, i))) + " |";
        out += "\n";
    }
    if (table.rows.size() > maximumRows)
        out += "\n_" + std::to_string(maximumRows) + " of " + std::to_string(table.rows.size()) + " rows._\n";
    return out + "\n";
}

std::string toMarkdown(const Report &report, const std::function<std::string(const std::string &)> &chartPath)
{
    std::string out = "# " + escapeMarkdown(report.title) + "\n\n";
    std::string head;
    if (!report.project.empty())
        head += "Project: " + escapeMarkdown(report.project) + "  \n";
    if (!report.writtenAt.empty())
        head += "Written: " + escapeMarkdown(report.writtenAt) + "  \n";
    if (!head.empty())
        out += head + "\n";

    out += "## Decision\n\n" + paragraphs(report.decision);
    if (!report.caveats.empty()) {
        out += "## Read with care\n\n";
        for (const auto &caveat : report.caveats)
            out += "- " + escapeMarkdown(caveat) + "\n";
        out += "\n";
    }
    if (report.parameters.is_object() && !report.parameters.empty()) {
        out += "## Settings\n\n";
        for (const auto &[name, value] : report.parameters.items())
            out += "- " + escapeMarkdown(name) + ": " + parameterText(value) + "\n";
        out += "\n";
    }
    for (const auto &[outcome, table] : report.sections) {
        out += "## " + escapeMarkdown(outcome.title) + "\n\n";
        if (!outcome.question.empty())
            out += "_" + escapeMarkdown(outcome.question) + "_\n\n";
        out += "**" + escapeMarkdown(outcome.finding) + "**\n\n";
        if (!outcome.decision.empty())
            out += escapeMarkdown(outcome.decision) + "\n\n";
        for (const auto &warning : outcome.warnings)
            out += "> " + escapeMarkdown(warning) + "\n>\n";
        if (!outcome.warnings.empty())
            out += "\n";
        if (const auto path = chartPath ? chartPath(outcome.step) : std::string(); !path.empty())
            out += "![" + escapeMarkdown(outcome.chart.title.value_or(outcome.title)) + "](" + path + ")\n\n";
        out += markdownTable(table, maximumRows);
        if (!outcome.nextActions.empty()) {
            for (const auto &action : outcome.nextActions)
                out += "- " + escapeMarkdown(action) + "\n";
            out += "\n";
        }
        if (!outcome.hogql.empty()) {
            out += "<details><summary>HogQL</summary>\n\n" + markdownFence(outcome.hogql, "sql");
            if (outcome.values.is_object() && !outcome.values.empty())
                out += "\n" + markdownFence(outcome.values.dump(2, ' ', false, ph::Json::error_handler_t::replace), "json");
            out += "\n</details>\n\n";
        }
    }
    return out;
}

std::string toJson(const Report &report)
{
    ph::Json json = report;
    json["format"] = "hoglet.report/1";
    return json.dump(2, ' ', false, ph::Json::error_handler_t::replace) + "\n";
}

} // namespace report
