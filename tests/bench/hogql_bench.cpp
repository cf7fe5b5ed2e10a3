#include "driver/hogql/completion.h"
#include "driver/hogql/diagnostics.h"
#include "driver/hogql/inspect.h"
#include "driver/hogql/parser.h"
#include "driver/hogql/printer.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

// Times what the editor does at every key stroke: parse and diagnostics of a query of 300 lines (beside merely cutting it into
// tokens), and completion over 50,000 properties (beside one case-blind search through the same names).

using namespace hogql;

namespace {

/// The median of `runs` calls, in milliseconds.
double median(int runs, const std::function<void()> &work)
{
    std::vector<double> times;
    for (int i = 0; i < runs; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

/// 300 lines as an analyst writes them: WITH, sub-selects, CASE, many conditions.
std::string longQuery()
{
    std::string text = "WITH visits AS (\n    SELECT person_id, properties.$browser AS browser, count() AS n\n    FROM events\n"
                       "    WHERE event = '$pageview' AND timestamp > now() - INTERVAL 30 DAY\n    GROUP BY person_id, browser\n)\nSELECT\n    toStartOfDay(timestamp) AS day,\n";
    int lines = 8;
    for (int i = 0; i < 100; ++i, lines += 2)
        text += "    countIf(event = 'event " + std::to_string(i) + "' AND toFloat(properties.p" + std::to_string(i % 40) + ") > "
            + std::to_string(i) + ")\n        AS n" + std::to_string(i) + ",\n";
    text += "    multiIf(n1 > 10, 'many', n1 > 1, 'some', 'few') AS kind,\n    uniq(person_id) AS people -- of that day\nFROM events AS e\n"
            "LEFT JOIN visits AS v ON e.person_id = v.person_id\nWHERE e.timestamp >= now() - INTERVAL 90 DAY\n";
    for (lines += 5; lines < 297; ++lines)
        text += "    AND coalesce(properties.key_" + std::to_string(lines % 30) + ", '') != 'value " + std::to_string(lines) + "'\n";
    return text + "GROUP BY day\nORDER BY day DESC\nLIMIT 100";
}

} // namespace

int main()
{
    const std::string query = longQuery();
    ProjectNames names;
    for (int i = 0; i < 50'000; ++i)
        names.eventProperties.push_back({(i % 3 ? "property_" : "$feature/flag_") + std::to_string(i) + "_of_page", "", "String", 50'000 - i});
    const Project project(names);
    const auto found = diagnose(query, &project);
    std::printf("query: %zu bytes, %zu lines, %zu remarks, project: %zu properties\n", query.size(),
                static_cast<std::size_t>(std::count(query.begin(), query.end(), '\n') + 1), found.size(), names.eventProperties.size());
    for (const Diagnostic &each : found) {
        if (each.severity == Severity::Error)
            std::printf("  unexpected: %s\n", each.message.c_str());
    }

    constexpr int runs = 201;
    const double tokens = median(runs, [&] { tokenize(query); });
    const double parse = median(runs, [&] { (void)parseSelect(query); });
    const double all = median(runs, [&] { diagnose(query, &project); });
    const double pretty = median(runs, [&] { (void)formatText(query); });
    const std::size_t middle = query.find("toFloat", query.size() / 2);
    const double tip = median(runs, [&] { hover(query, middle + 2, &project); });
    std::printf("tokens alone             %7.3f ms  (comparator)\n", tokens);
    std::printf("parse                    %7.3f ms  %4.1fx tokens\n", parse, parse / tokens);
    std::printf("parse + diagnostics      %7.3f ms  %4.1fx tokens, goal 2 ms: %s\n", all, all / tokens, all <= 2 ? "met" : "missed");
    std::printf("format with comments     %7.3f ms\nhover                    %7.3f ms\n", pretty, tip);

    std::string shorter = "select properties.pag from events";
    std::size_t hits = 0;
    const double scan = median(runs, [&] {
        for (const KnownName &name : names.eventProperties) {
            hits += std::search(name.name.begin(), name.name.end(), "pag", "pag" + 3, [](char a, char b) { return (a | 32) == (b | 32); })
                != name.name.end();
        }
    });
    const double typed = median(runs, [&] { hits += completions(shorter, 21, names).size(); });
    const double nothing = median(runs, [&] { hits += completions(shorter, 18, names).size(); });
    const double rare = median(runs, [&] { hits += completions("select properties.zqzq from events", 22, names).size(); });
    const double inQuery = median(runs, [&] { hits += completions(query.substr(0, middle) + "properties.pag" + query.substr(middle), middle + 14, names).size(); });
    std::printf("search through the names %7.3f ms  (comparator)\n", scan);
    std::printf("completion, 3 letters    %7.3f ms  %4.1fx search, goal 20 ms: %s\n", typed, typed / scan, typed <= 20 ? "met" : "missed");
    std::printf("completion, no letter    %7.3f ms\ncompletion, no match     %7.3f ms\ncompletion in the query  %7.3f ms\n", nothing, rare, inQuery);
    return hits == 0;
}
