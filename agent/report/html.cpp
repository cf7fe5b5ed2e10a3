#include "agent/report/chart_data.h"
#include "agent/report/escape.h"
#include "agent/report/report.h"

#include <algorithm>

namespace report {

namespace {

constexpr std::size_t maximumRows = 50;
constexpr double chartWidth = 820;

constexpr auto styles = R"css(
:root{color-scheme:light dark;--text:#1c1e26;--muted:#5f6472;--line:#e2e4ea;--page:#f5f6f8;--card:#fff;--accent:#d9480f;--warn:#8a5a00;--warnbg:#fff6e5}
@media (prefers-color-scheme:dark){:root{--text:#eceef4;--muted:#a0a6b6;--line:#31343f;--page:#13151b;--card:#1b1d25;--accent:#ff7a45;--warn:#f0c27a;--warnbg:#2a2419}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--text);font:15px/1.55 Inter,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}
main{max-width:920px;margin:0 auto;padding:32px 16px 64px}h1{font-size:26px;line-height:1.25;margin:0 0 8px}h2{font-size:18px;margin:0 0 4px}
.head{color:var(--muted);margin:0 0 24px}section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:24px;margin:0 0 16px}
.question{color:var(--muted);margin:0 0 12px}.finding{font-weight:600;margin:0 0 8px}.warning{background:var(--warnbg);color:var(--warn);border-radius:8px;padding:8px 12px;margin:8px 0}
.decision{border-left:4px solid var(--accent)}figure{margin:16px 0;overflow-x:auto}svg{max-width:100%;height:auto}.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}th,td{padding:6px 12px 6px 0;text-align:left;border-bottom:1px solid var(--line);max-width:360px;overflow-wrap:anywhere}
th{color:var(--muted);font-weight:600}.n{text-align:right}details{margin-top:12px;color:var(--muted)}pre{overflow-x:auto;background:var(--page);color:var(--text);padding:12px;border-radius:8px;font:12.5px/1.5 'JetBrains Mono','DejaVu Sans Mono',monospace}
nav a{color:var(--accent);text-decoration:none}nav ol{columns:2;margin:8px 0 0;padding-left:20px}
@media print{body{background:#fff}section{break-inside:avoid}}
)css";

std::string tag(const char *name, const char *css, const std::string &text)
{
    return std::string("<") + name + (css[0] ? std::string(" class=\"") + css + "\"" : "") + ">" + escapeXml(text) + "</" + name + ">\n";
}

std::string paragraphs(const std::string &text)
{
    std::string out;
    for (std::size_t start = 0; start < text.size();) {
        auto end = text.find("\n\n", start);
        if (end == std::string::npos)
            end = text.size();
        out += tag("p", "", text.substr(start, end - start));
        start = end + 2;
    }
    return out;
}

std::string tableOf(const posthog::Table &table)
{
    if (table.columns.empty() || table.rows.empty())
        return {};
    std::string out = "<details><summary>Table, " + std::to_string(table.rows.size()) + (table.rows.size() == 1 ? " row" : " rows")
        + "</summary><div class=\"scroll\"><table>\n<tr>";
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        out += std::string("<th") + (isNumeric(table, i) ? " class=\"n\"" : "") + ">" + escapeXml(table.columns[i].name) + "</th>";
    out += "</tr>\n";
    for (std::size_t row = 0; row < std::min(table.rows.size(), maximumRows); ++row) {
        out += "<tr>";
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            out += std::string("<td") + (isNumeric(table, i) ? " class=\"n\"" : "") + ">" + escapeXml(cellLabel(cellAt(table, row, i))) + "</td>";
        out += "</tr>\n";
    }
    out += "</table>";
    if (table.rows.size() > maximumRows)
        out += tag("p", "", std::to_string(maximumRows) + " of " + std::to_string(table.rows.size()) + " rows.");
    return out + "</div></details>\n";
}

} // namespace

std::string toHtml(const Report &report)
{
    std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>"
        + escapeXml(report.title) + "</title>\n<style>" + styles + "</style></head>\n<body><main>\n" + tag("h1", "", report.title);
    std::string head = report.project;
    if (!report.writtenAt.empty())
        head += (head.empty() ? "" : " · ") + report.writtenAt;
    if (!head.empty())
        out += tag("p", "head", head);

    out += "<section class=\"decision\">\n<h2>Decision</h2>\n" + paragraphs(report.decision);
    for (const auto &caveat : report.caveats)
        out += tag("p", "warning", caveat);
    out += "<nav><ol>";
    for (std::size_t i = 0; i < report.sections.size(); ++i)
        out += "<li><a href=\"#s" + std::to_string(i + 1) + "\">" + escapeXml(report.sections[i].outcome.title) + "</a></li>";
    out += "</ol></nav>\n</section>\n";

    for (std::size_t i = 0; i < report.sections.size(); ++i) {
        const auto &[outcome, table] = report.sections[i];
        out += "<section id=\"s" + std::to_string(i + 1) + "\">\n" + tag("h2", "", outcome.title);
        if (!outcome.question.empty())
            out += tag("p", "question", outcome.question);
        out += tag("p", "finding", outcome.finding);
        if (!outcome.decision.empty())
            out += tag("p", "", outcome.decision);
        for (const auto &warning : outcome.warnings)
            out += tag("p", "warning", warning);
        if (!table.rows.empty() && outcome.chart.kind != "table")
            out += "<figure>" + toSvg(layout(outcome.chart, table, chartWidth, 280)) + "</figure>\n";
        out += tableOf(table);
        if (!outcome.nextActions.empty()) {
            out += "<ul>";
            for (const auto &action : outcome.nextActions)
                out += tag("li", "", action);
            out += "</ul>\n";
        }
        if (!outcome.hogql.empty()) {
            out += "<details><summary>HogQL</summary><pre>" + escapeXml(outcome.hogql) + "</pre>";
            if (outcome.values.is_object() && !outcome.values.empty())
                out += "<pre>" + escapeXml(outcome.values.dump(2, ' ', false, ph::Json::error_handler_t::replace)) + "</pre>";
            out += "</details>\n";
        }
        out += "</section>\n";
    }
    return out + "</main></body></html>\n";
}

} // namespace report
