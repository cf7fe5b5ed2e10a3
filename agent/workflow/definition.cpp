#include "agent/workflow/definition.h"

#include "agent/workflow/hogql_template.h"
#include "agent/workflow/text_template.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace workflow {

namespace {

struct Problem {
    std::string message;
};

[[noreturn]] void refuse(const std::string &path, const std::string &takes) { throw Problem{path + ": " + takes}; }

/// Reads a document and checks every field that the engine will read, so that a run cannot trip over a misspelt rule.
class Reader
{
public:
    Definition read(const ph::Json &document)
    {
        if (!document.is_object())
            refuse("document", "expected an object");
        checkKeys(document, "", {"id", "persona", "title", "description", "parameters", "fragments", "steps", "report"});
        m_definition.body = document;
        m_definition.id = text(document, "id", "");
        if (m_definition.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)
            refuse("id", "expected lower-case letters, digits and hyphens");
        m_definition.persona = text(document, "persona", "");
        checkOneOf(m_definition.persona, "persona", {"product_engineer", "technical_pm", "analyst", "support"});
        m_definition.title = text(document, "title", "");
        m_definition.description = text(document, "description", "");
        m_names.insert("answers");
        if (document.contains("parameters"))
            readParameters(list(document, "parameters", ""));
        if (document.contains("fragments")) {
            m_fragments = document["fragments"];
            if (!m_fragments.is_object())
                refuse("fragments", "expected an object of HogQL texts");
            for (const auto &[name, fragment] : m_fragments.items())
                if (!textOf(fragment))
                    refuse("fragments." + name, "expected a text or a list of lines");
        }
        const auto &steps = list(document, "steps", "");
        if (steps.empty())
            refuse("steps", "expected at least one step");
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const auto id = steps[i].is_object() ? steps[i].value("id", ph::Json()) : ph::Json();
            if (id.is_string() && !m_stepNames.insert(id.get<std::string>()).second)
                refuse("steps[" + std::to_string(i) + "].id", "'" + id.get<std::string>() + "' is used twice");
            if (id.is_string() && (m_names.contains(id.get<std::string>()) || id == "rows" || id == "tables"))
                refuse("steps[" + std::to_string(i) + "].id", "'" + id.get<std::string>() + "' is the name of a parameter or of something else");
        }
        for (std::size_t i = 0; i < steps.size(); ++i)
            readStep(steps[i], "steps[" + std::to_string(i) + "]");
        m_names.insert(m_stepNames.begin(), m_stepNames.end());
        if (document.contains("report")) {
            const auto &report = object(document, "report", "");
            checkKeys(report, "report", {"decision", "caveats"});
            checkCases(report, "decision", "report", m_names);
            checkCases(report, "caveats", "report", m_names);
        }
        return std::move(m_definition);
    }

private:
    using Names = std::set<std::string>;

    static std::string join(const std::string &path, const std::string &key) { return path.empty() ? key : path + "." + key; }

    static void checkKeys(const ph::Json &value, const std::string &path, const std::vector<std::string> &known)
    {
        for (const auto &[key, member] : value.items()) {
            if (std::find(known.begin(), known.end(), key) != known.end())
                continue;
            std::string names;
            for (const auto &name : known)
                names += (names.empty() ? "" : ", ") + name;
            refuse(join(path, key), "not known here; expected one of " + names);
        }
    }
    static void checkOneOf(const std::string &value, const std::string &path, const std::vector<std::string> &known)
    {
        if (std::find(known.begin(), known.end(), value) != known.end())
            return;
        std::string names;
        for (const auto &name : known)
            names += (names.empty() ? "" : ", ") + name;
        refuse(path, "expected one of " + names);
    }
    static std::string text(const ph::Json &value, const std::string &key, const std::string &path)
    {
        const auto found = value.find(key);
        const auto whole = found == value.end() ? std::nullopt : textOf(*found);
        if (!whole || whole->empty())
            refuse(join(path, key), "expected a text");
        return *whole;
    }
    static const ph::Json &list(const ph::Json &value, const std::string &key, const std::string &path)
    {
        const auto found = value.find(key);
        if (found == value.end() || !found->is_array())
            refuse(join(path, key), "expected a list");
        return *found;
    }
    static const ph::Json &object(const ph::Json &value, const std::string &key, const std::string &path)
    {
        const auto found = value.find(key);
        if (found == value.end() || !found->is_object())
            refuse(join(path, key), "expected an object");
        return *found;
    }

    static void checkNames(const Names &used, const Names &known, const std::string &path)
    {
        for (const auto &name : used)
            if (!known.contains(name))
                refuse(path, "there is no '" + name + "' here");
    }
    static void checkExpression(const std::string &expression, const std::string &path, const Names &known)
    {
        const auto parsed = Expression::parse(expression);
        if (!parsed)
            refuse(path, parsed.error().message);
        checkNames(parsed->freeNames(), known, path);
    }
    static void checkExpression(const ph::Json &value, const char *key, const std::string &path, const Names &known)
    {
        if (value.contains(key))
            checkExpression(text(value, key, path), join(path, key), known);
    }
    static void checkTemplate(const std::string &value, const std::string &path, const Names &known)
    {
        const auto names = namesInText(value);
        if (!names)
            refuse(path, names.error().message);
        checkNames(*names, known, path);
    }
    static void checkTemplate(const ph::Json &value, const char *key, const std::string &path, const Names &known)
    {
        if (value.contains(key))
            checkTemplate(text(value, key, path), join(path, key), known);
    }
    /// A text, a list of lines, or a list of texts and {when, text}.
    static void checkCases(const ph::Json &value, const char *key, const std::string &path, const Names &known)
    {
        const auto found = value.find(key);
        if (found == value.end())
            return;
        const auto here = join(path, key);
        if (const auto whole = textOf(*found)) {
            checkTemplate(*whole, here, known);
            return;
        }
        if (!found->is_array())
            refuse(here, "expected a text or a list of {when, text}");
        for (std::size_t i = 0; i < found->size(); ++i) {
            const auto at = here + "[" + std::to_string(i) + "]";
            const auto &each = (*found)[i];
            if (each.is_string()) {
                checkTemplate(each.get<std::string>(), at, known);
                continue;
            }
            if (!each.is_object())
                refuse(at, "expected a text or {when, text}");
            checkKeys(each, at, {"when", "text"});
            checkExpression(each, "when", at, known);
            checkTemplate(text(each, "text", at), at + ".text", known);
        }
    }
    static void checkJson(const ph::Json &value, const std::string &path, const Names &known)
    {
        if (value.is_string()) {
            const auto whole = value.get<std::string>();
            if (whole.starts_with("="))
                checkExpression(whole.substr(1), path, known);
            else
                checkTemplate(whole, path, known);
        } else if (value.is_object()) {
            for (const auto &[key, item] : value.items())
                checkJson(item, join(path, key), known);
        } else if (value.is_array()) {
            for (std::size_t i = 0; i < value.size(); ++i)
                checkJson(value[i], path + "[" + std::to_string(i) + "]", known);
        }
    }

    void readParameters(const ph::Json &parameters)
    {
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            const auto path = "parameters[" + std::to_string(i) + "]";
            if (!parameters[i].is_object())
                refuse(path, "expected an object");
            checkKeys(parameters[i], path, {"name", "title", "type", "default", "fromQuery", "choices", "help", "item", "minimum", "maximum"});
            for (const auto *key : {"name", "title", "type"})
                text(parameters[i], key, path);
            auto copy = parameters[i];
            if (const auto query = copy.contains("fromQuery") ? textOf(copy["fromQuery"]) : std::nullopt)
                copy["fromQuery"] = *query;
            auto parameter = ph::parse<Parameter>(copy);
            if (!parameter)
                refuse(path, parameter.error().message);
            checkOneOf(parameter->type, path + ".type", {"event", "text", "integer", "number", "date", "days", "choice", "list"});
            if (parameter->type == "choice" && !parameter->choices && !parameter->fromQuery)
                refuse(path + ".choices", "expected the choices, or fromQuery");
            if (!parameter->fallback && !parameter->fromQuery)
                refuse(path + ".default", "expected a value, or fromQuery");
            if (!m_names.insert(parameter->name).second)
                refuse(path + ".name", "'" + parameter->name + "' is used twice");
            m_definition.parameters.push_back(std::move(*parameter));
        }
    }

    void checkQuery(const ph::Json &query, const std::string &path, const Names &known)
    {
        if (!query.is_object())
            refuse(path, "expected an object with hogql");
        checkTemplate(query, "title", path, known);
        checkExpression(query, "when", path, known);
        if (query.contains("export")) {
            checkKeys(query, path, {"export", "title", "when"});
            checkExpression(query, "export", path, known);
            return;
        }
        checkKeys(query, path, {"hogql", "title", "when"});
        const auto names = namesInHogql(text(query, "hogql", path), m_fragments);
        if (!names)
            refuse(path + ".hogql", names.error().message);
        checkNames(*names, known, path + ".hogql");
    }

    void readFacts(const ph::Json &step, const char *key, const std::string &path, Names &known, Names &facts)
    {
        if (!step.contains(key))
            return;
        const auto &entries = list(step, key, path);
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const auto at = join(path, key) + "[" + std::to_string(i) + "]";
            if (!entries[i].is_object())
                refuse(at, "expected {name, is}");
            checkKeys(entries[i], at, {"name", "is"});
            const auto name = text(entries[i], "name", at);
            if (m_names.contains(name)) // The texts of this step would show the one where the other is meant.
                refuse(at + ".name", "'" + name + "' is the name of a parameter");
            checkExpression(text(entries[i], "is", at), at + ".is", known);
            known.insert(name);
            facts.insert(name);
        }
    }

    void checkOptions(const ph::Json &options, const std::string &path, const Names &known, bool offers)
    {
        for (std::size_t i = 0; i < options.size(); ++i) {
            const auto at = path + "[" + std::to_string(i) + "]";
            if (!options[i].is_object())
                refuse(at, "expected an object");
            checkKeys(options[i], at, {"id", "label", "description", "when", "kind", "body"});
            text(options[i], "id", at);
            checkTemplate(text(options[i], "label", at), at + ".label", known);
            checkTemplate(options[i], "description", at, known);
            checkExpression(options[i], "when", at, known);
            if (offers) {
                text(options[i], "kind", at);
                checkJson(object(options[i], "body", at), at + ".body", known);
            }
        }
    }

    void readStep(const ph::Json &body, const std::string &path)
    {
        if (!body.is_object())
            refuse(path, "expected an object");
        checkKeys(body, path,
                  {"id", "title", "question", "why", "when", "otherwise", "required", "query", "also", "facts", "table", "chart", "finding", "decision",
                   "warnings", "nextActions", "choice", "then", "offers"});
        Step step;
        step.id = text(body, "id", path);
        step.title = text(body, "title", path);
        step.question = text(body, "question", path);
        step.why = text(body, "why", path);
        step.body = body;
        if (body.contains("required") && !body["required"].is_boolean())
            refuse(path + ".required", "expected true or false");

        // A step knows the parameters and every step; those after it are null.
        Names known = m_names;
        known.insert(m_stepNames.begin(), m_stepNames.end());
        checkTemplate(body, "question", path, known);
        checkTemplate(body, "why", path, known);
        checkExpression(body, "when", path, known);
        checkTemplate(body, "otherwise", path, known);
        if (body.contains("query"))
            checkQuery(body["query"], path + ".query", known);
        if (body.contains("also"))
            for (const auto &[name, query] : object(body, "also", path).items())
                checkQuery(query, path + ".also." + name, known);

        known.insert({"rows", "tables"});
        Names facts;
        readFacts(body, "facts", path, known, facts);
        if (body.contains("table")) {
            const auto &table = object(body, "table", path);
            checkKeys(table, path + ".table", {"rows", "columns"});
            if (!facts.contains(text(table, "rows", path + ".table")))
                refuse(path + ".table.rows", "expected the name of one of the step's facts");
            const auto &columns = list(table, "columns", path + ".table");
            for (std::size_t i = 0; i < columns.size(); ++i) {
                const auto at = path + ".table.columns[" + std::to_string(i) + "]";
                if (!columns[i].is_object())
                    refuse(at, "expected {name, type}");
                text(columns[i], "name", at);
                text(columns[i], "type", at);
            }
        }
        if (body.contains("chart")) {
            auto chart = body["chart"];
            const auto at = path + ".chart";
            if (!chart.is_object())
                refuse(at, "expected an object");
            checkKeys(chart, at,
                      {"kind", "title", "x", "series", "y", "source", "target", "n", "low", "high", "highlight", "marker", "format", "definition"});
            checkOneOf(text(chart, "kind", at), at + ".kind", {"funnel", "grouped_bars", "bars", "stacked_bars", "line", "area", "histogram", "heat_table", "interval", "sankey", "number", "table"});
            checkTemplate(chart, "title", at, known);
            checkTemplate(chart, "definition", at, known);
            auto spec = ph::parse<ChartSpec>(chart);
            if (!spec)
                refuse(at, spec.error().message);
            step.chart = std::move(*spec);
        }
        if (!body.contains("finding"))
            refuse(path + ".finding", "expected a text or a list of {when, text}");
        checkCases(body, "finding", path, known);
        checkCases(body, "decision", path, known);
        checkCases(body, "warnings", path, known);
        checkCases(body, "nextActions", path, known);
        if (body.contains("choice")) {
            const auto at = path + ".choice";
            const auto &choice = object(body, "choice", path);
            checkKeys(choice, at, {"question", "header", "when", "options", "optionsFrom", "recommended"});
            checkTemplate(text(choice, "question", at), at + ".question", known);
            checkTemplate(choice, "header", at, known);
            checkExpression(choice, "when", at, known);
            checkExpression(text(choice, "recommended", at), at + ".recommended", known);
            if (choice.contains("optionsFrom"))
                checkExpression(choice, "optionsFrom", at, known);
            else
                checkOptions(list(choice, "options", at), at + ".options", known, false);
        }
        readFacts(body, "then", path, known, facts);
        if (body.contains("offers")) {
            const auto at = path + ".offers";
            const auto &offers = object(body, "offers", path);
            checkKeys(offers, at, {"question", "header", "when", "options"});
            checkTemplate(text(offers, "question", at), at + ".question", known);
            checkTemplate(offers, "header", at, known);
            checkExpression(offers, "when", at, known);
            checkOptions(list(offers, "options", at), at + ".options", known, true);
        }
        m_definition.steps.push_back(std::move(step));
    }

    Definition m_definition;
    ph::Json m_fragments = ph::Json::object();
    Names m_names;
    Names m_stepNames;
};

} // namespace

ph::Result<Definition> parseDefinition(const std::string &json)
{
    try {
        return Reader().read(ph::Json::parse(json));
    } catch (const Problem &problem) {
        return ph::fail(ph::ErrorCode::InvalidInput, problem.message);
    } catch (const ph::Json::exception &exception) {
        return ph::fail(ph::ErrorCode::InvalidInput, exception.what());
    }
}

std::vector<Definition> loadDefinitions(const std::filesystem::path &directory,
                                        const std::function<void(const std::string &, const ph::Error &)> &onProblem)
{
    std::vector<Definition> definitions;
    std::error_code problem;
    std::vector<std::filesystem::path> files;
    for (const auto &entry : std::filesystem::directory_iterator(directory, problem))
        if (entry.path().extension() == ".json")
            files.push_back(entry.path());
    if (problem && onProblem)
        onProblem(directory.string(), {ph::ErrorCode::NotFound, "The workflows in " + directory.string() + " cannot be read: " + problem.message() + "."});
    std::sort(files.begin(), files.end());
    for (const auto &file : files) {
        std::ifstream stream(file);
        std::stringstream text;
        text << stream.rdbuf();
        auto definition = parseDefinition(text.str());
        if (definition)
            definitions.push_back(std::move(*definition));
        else if (onProblem)
            onProblem(file.string(), definition.error());
    }
    std::stable_sort(definitions.begin(), definitions.end(), [](const Definition &a, const Definition &b) { return a.title < b.title; });
    return definitions;
}

} // namespace workflow
