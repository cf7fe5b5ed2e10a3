#pragma once

#include "driver/base/json_fields.h"
#include "driver/base/result.h"
#include "driver/posthog/table.h"

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

/// Persona workflows as data: resources/workflows/*.json, whose schema agent/workflow/README.md documents with an example.
namespace workflow {

/// A part of each item of a list parameter.
struct ItemField {
    std::string name;
    std::string type; // event, text, integer, number
    std::optional<bool> optional;

    static constexpr auto fields = std::tuple{ph::Field{"name", &ItemField::name}, ph::Field{"type", &ItemField::type},
                                              ph::Field{"optional", &ItemField::optional}};
};

/// A value the user may set before a run. type: event, text, integer, number, date, days, choice, list.
/// `fromQuery` is HogQL whose first column gives the choices (and whose first row gives the default when `fallback` is absent);
/// an event that it does not list is an error that names the nearest ones.
struct Parameter {
    std::string name;
    std::string title;
    std::string type;
    std::optional<ph::Json> fallback; // "default" on disk
    std::optional<std::string> fromQuery;
    std::optional<std::vector<std::string>> choices;
    std::optional<std::string> help;
    std::optional<std::vector<ItemField>> item; // list: what each item has; absent: plain texts
    std::optional<double> minimum;              // of a number, or of a list's length
    std::optional<double> maximum;

    static constexpr auto fields = std::tuple{ph::Field{"name", &Parameter::name}, ph::Field{"title", &Parameter::title},
                                              ph::Field{"type", &Parameter::type}, ph::Field{"default", &Parameter::fallback},
                                              ph::Field{"fromQuery", &Parameter::fromQuery}, ph::Field{"choices", &Parameter::choices},
                                              ph::Field{"help", &Parameter::help}, ph::Field{"item", &Parameter::item},
                                              ph::Field{"minimum", &Parameter::minimum}, ph::Field{"maximum", &Parameter::maximum}};
};

/// How a step's table is drawn. kind: funnel, grouped_bars, bars, stacked_bars, line, area, histogram, heat_table, interval, sankey,
/// number, table; report/scene.h says which columns each takes.
/// The other members name columns of the table; what is absent is taken by position.
struct ChartSpec {
    std::string kind = "table";
    std::optional<std::string> title;
    std::optional<std::string> x;        // category, time or step label
    std::optional<std::string> series;   // splits into coloured groups
    std::optional<std::vector<std::string>> y; // values
    std::optional<std::string> source;   // sankey
    std::optional<std::string> target;   // sankey
    std::optional<std::string> n;        // group size, printed beside the value
    std::optional<std::string> low;      // interval ends
    std::optional<std::string> high;
    std::optional<std::string> highlight; // column that is true on the rows to stress
    std::optional<std::string> marker;    // line: column whose text stands at a vertical line on its row (a release)
    std::optional<std::string> format;   // number, percent, seconds
    std::optional<std::string> definition; // the sentence under the chart

    static constexpr auto fields = std::tuple{
        ph::Field{"kind", &ChartSpec::kind}, ph::Field{"title", &ChartSpec::title}, ph::Field{"x", &ChartSpec::x},
        ph::Field{"series", &ChartSpec::series}, ph::Field{"y", &ChartSpec::y}, ph::Field{"source", &ChartSpec::source},
        ph::Field{"target", &ChartSpec::target}, ph::Field{"n", &ChartSpec::n}, ph::Field{"low", &ChartSpec::low},
        ph::Field{"high", &ChartSpec::high}, ph::Field{"highlight", &ChartSpec::highlight}, ph::Field{"marker", &ChartSpec::marker},
        ph::Field{"format", &ChartSpec::format},
        ph::Field{"definition", &ChartSpec::definition}};
    friend bool operator==(const ChartSpec &, const ChartSpec &) = default;
};

/// What a finished step says. Travels as `_meta.hoglet.outcome` of the message that tells it, and in report.json.
struct Outcome {
    std::string step;                    // id
    std::string title;
    std::string question;                // of this step, in words
    std::string why;                     // why the step is done
    // Plain text from here on: it may hold names that come from events, so whoever writes Markdown or HTML escapes it.
    std::string finding;                 // one line, with its n
    std::string decision;                // what follows from it
    std::vector<std::string> warnings;
    std::vector<std::string> nextActions; // sentences; "open in HogQL" and the like are the window's own
    ChartSpec chart;
    std::string hogql;
    ph::Json values = ph::Json::object();
    std::string toolCallId;              // the call whose rawOutput is the table
    ph::Json facts = ph::Json::object(); // named numbers that later steps and the report use
    std::optional<posthog::Table> table; // what the chart draws when the step worked it out; absent: the call's rawOutput

    static constexpr auto fields = std::tuple{
        ph::Field{"step", &Outcome::step}, ph::Field{"title", &Outcome::title}, ph::Field{"question", &Outcome::question},
        ph::Field{"why", &Outcome::why}, ph::Field{"finding", &Outcome::finding}, ph::Field{"decision", &Outcome::decision},
        ph::Field{"warnings", &Outcome::warnings}, ph::Field{"nextActions", &Outcome::nextActions}, ph::Field{"chart", &Outcome::chart},
        ph::Field{"hogql", &Outcome::hogql}, ph::Field{"values", &Outcome::values}, ph::Field{"toolCallId", &Outcome::toolCallId},
        ph::Field{"facts", &Outcome::facts}, ph::Field{"table", &Outcome::table}};
    friend bool operator==(const Outcome &, const Outcome &) = default;
};

/// One step, as far as those outside this module need it. Query, rules and choices stay JSON, checked when read.
struct Step {
    std::string id;
    std::string title;
    std::string question;
    std::string why;
    ChartSpec chart;
    ph::Json body; // the whole step object as in the document

    static constexpr auto fields = std::tuple{ph::Field{"id", &Step::id}, ph::Field{"title", &Step::title},
                                              ph::Field{"question", &Step::question}, ph::Field{"why", &Step::why}};
};

struct Definition {
    std::string id;          // "funnel-drop-off"
    std::string persona;     // product_engineer, technical_pm, analyst, support
    std::string title;       // "Find the drop-off in a funnel"
    std::string description; // one or two sentences for the card
    std::vector<Parameter> parameters;
    std::vector<Step> steps;
    ph::Json body; // the whole document; `fragments` and `report` are read from it
};

/// Reads and checks a document. Error: InvalidInput that names the field by path and says what it takes:
/// "steps[2].query.hogql: expected a text".
ph::Result<Definition> parseDefinition(const std::string &json);

/// Every *.json in `directory`, by title. A document that does not read is not in the list; its error goes to `onProblem`.
std::vector<Definition> loadDefinitions(const std::filesystem::path &directory,
                                        const std::function<void(const std::string &file, const ph::Error &)> &onProblem);

} // namespace workflow
