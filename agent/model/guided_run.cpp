#include "agent/model/guided_run.h"

#include <algorithm>

namespace model {

namespace {

std::string trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos ? std::string() : std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::string lower(std::string text)
{
    for (char &c : text)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::string textOf(const Message &message)
{
    if (!message.text.empty())
        return trimmed(message.text);
    std::string text;
    for (const auto &block : message.blocks)
        if (block.type == "text" && block.text)
            text += (text.empty() ? "" : "\n") + *block.text;
    return trimmed(text);
}

/// name=value pairs parted by blanks; a value may be quoted or be JSON in brackets.
ph::Json parametersIn(std::string_view text)
{
    ph::Json parameters = ph::Json::object();
    for (std::size_t at = 0; at < text.size();) {
        at = text.find_first_not_of(" \t\n", at);
        if (at == std::string_view::npos)
            break;
        const auto equals = text.find('=', at);
        if (equals == std::string_view::npos)
            break;
        const auto name = trimmed(text.substr(at, equals - at));
        std::size_t end = equals + 1;
        int depth = 0;
        char quote = 0;
        for (; end < text.size(); ++end) {
            const char c = text[end];
            if (quote) {
                if (c == '\\')
                    ++end;
                else if (c == quote)
                    quote = 0;
            } else if (c == '"' || (c == '\'' && depth == 0 && end == equals + 1)) {
                quote = c;
            } else if (c == '[' || c == '{') {
                ++depth;
            } else if (c == ']' || c == '}') {
                --depth;
            } else if (depth <= 0 && (c == ' ' || c == '\t' || c == '\n')) {
                break;
            }
        }
        end = std::min(end, text.size());
        auto value = std::string(text.substr(equals + 1, end - equals - 1));
        if (value.size() >= 2 && (value.front() == '\'' || value.front() == '"') && value.back() == value.front())
            value = value.substr(1, value.size() - 2);
        parameters[name] = value;
        at = end;
    }
    return parameters;
}

/// The `hoglet` part of a `_meta`, which must outlive the answer.
const ph::Json *hogletOf(const ph::Json &meta)
{
    if (!meta.is_object())
        return nullptr;
    const auto found = meta.find("hoglet");
    return found != meta.end() && found->is_object() ? &*found : nullptr;
}

std::string member(const ph::Json &object, const char *name)
{
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// What a created object is called: a flag by its key, an annotation by its text.
std::string nameOf(const ph::Json &item)
{
    for (const char *key : {"key", "name", "content"})
        if (auto name = member(item, key); !name.empty())
            return name;
    return {};
}

void fold(workflow::RunState &state, const ToolRequest &call, const ToolAnswer &answer)
{
    if (answer.interrupted)
        return; // As if never called: a run that goes on asks the same again, and decides nothing that nobody decided.
    const auto &hoglet = *hogletOf(*call.meta);
    if (const auto key = member(hoglet, "query"); !key.empty()) {
        workflow::QueryRecord record;
        record.toolCallId = call.id.value;
        record.hogql = member(call.input, "hogql");
        record.manifest = member(call.input, "manifest");
        if (call.input.contains("values"))
            record.values = call.input["values"];
        if (answer.failed) {
            record.error = answer.text.empty() ? "The query failed." : answer.text;
        } else if (auto table = ph::parse<posthog::Table>(answer.output)) {
            record.table = std::move(*table);
        } else {
            record.error = "The result could not be read: " + table.error().message;
        }
        state.queries[key] = std::move(record);
    } else if (const auto question = member(hoglet, "question"); !question.empty()) {
        auto chosen = answer.output.is_object() ? member(answer.output, "answer") : std::string();
        if (answer.failed || chosen.empty())
            chosen = member(call.input, "recommended");
        workflow::recordAnswer(state, question, chosen);
    } else if (const auto offer = member(hoglet, "create"); !offer.empty()) {
        workflow::CreateRecord record;
        record.created = !answer.failed;
        record.text = answer.failed ? answer.text : nameOf(answer.output.is_object() ? answer.output : ph::Json::object());
        if (record.text.empty())
            record.text = call.title;
        state.created[offer].push_back(std::move(record));
    }
}

void foldRange(workflow::RunState &state, const std::vector<Message> &history, std::size_t start, std::size_t end, const std::string &workflow)
{
    std::vector<const ToolRequest *> open;
    for (std::size_t i = start; i < end; ++i) {
        for (const auto &call : history[i].calls)
            open.push_back(&call);
        for (const auto &answer : history[i].answers) {
            const auto call = std::find_if(open.rbegin(), open.rend(), [&](const ToolRequest *each) { return each->id == answer.id; });
            if (call == open.rend())
                continue;
            const auto *hoglet = (*call)->meta ? hogletOf(*(*call)->meta) : nullptr;
            if (hoglet && member(*hoglet, "workflow") == workflow)
                fold(state, **call, answer);
        }
    }
}

} // namespace

Intent intentOf(const Message &prompt)
{
    Intent intent;
    intent.text = textOf(prompt);
    if (const auto *hoglet = hogletOf(prompt.meta)) {
        intent.project = member(*hoglet, "project");
        if (const auto run = hoglet->find("workflow"); run != hoglet->end() && run->is_object()) {
            intent.kind = Intent::Kind::Workflow;
            intent.workflow = member(*run, "id");
            intent.fromStep = member(*run, "fromStep");
            if (run->contains("parameters") && (*run)["parameters"].is_object())
                intent.parameters = (*run)["parameters"];
            return intent;
        }
    }
    const auto words = lower(intent.text);
    if (words.starts_with("/") && words.size() > 1) {
        const auto space = intent.text.find_first_of(" \t\n");
        intent.kind = Intent::Kind::Workflow;
        intent.workflow = intent.text.substr(1, space == std::string::npos ? space : space - 1);
        if (space != std::string::npos)
            intent.parameters = parametersIn(std::string_view(intent.text).substr(space));
        return intent;
    }
    if (words == "continue" || words == "go on" || words == "resume")
        intent.kind = Intent::Kind::Continue;
    for (const auto *start : {"select", "with"}) {
        const std::string_view word = start;
        if (words.starts_with(word) && words.size() > word.size() && std::string_view(" \t\n(").find(words[word.size()]) != std::string_view::npos
            && (word == "select" || words.find("select") != std::string::npos))
            intent.kind = Intent::Kind::Query;
    }
    return intent;
}

std::size_t lastPrompt(const std::vector<Message> &history)
{
    for (std::size_t i = history.size(); i-- > 0;)
        if (history[i].role == Message::Role::User)
            return i;
    return 0;
}

std::optional<std::size_t> runStart(const std::vector<Message> &history)
{
    if (history.empty())
        return {};
    for (std::size_t i = lastPrompt(history) + 1; i-- > 0;) {
        if (history[i].role != Message::Role::User)
            continue;
        const auto kind = intentOf(history[i]).kind;
        if (kind == Intent::Kind::Workflow)
            return i;
        if (kind != Intent::Kind::Continue && i == lastPrompt(history))
            return {};
    }
    return {};
}

workflow::RunState stateOf(const std::vector<Message> &history, std::size_t start, std::size_t end, const workflow::Definition &definition,
                           const Intent &intent)
{
    workflow::RunState state;
    if (!intent.fromStep.empty()) {
        // What earlier runs of this workflow found stands up to the step to begin from. The engine asks again where a query differs.
        foldRange(state, history, 0, start, definition.id);
        state.stopped = false;
        const auto from = std::find_if(definition.steps.begin(), definition.steps.end(), [&](const workflow::Step &step) { return step.id == intent.fromStep; });
        for (auto step = from; step != definition.steps.end(); ++step) {
            std::erase_if(state.queries, [&](const auto &entry) { return entry.first == step->id || entry.first.starts_with(step->id + "/"); });
            std::erase_if(state.answers, [&](const auto &entry) { return entry.first == step->id || entry.first.starts_with(step->id + "."); });
            std::erase_if(state.created, [&](const auto &entry) { return entry.first.starts_with(step->id + "."); });
            state.skipped.erase(step->id);
        }
    }
    state.given = intent.parameters;
    foldRange(state, history, start, end, definition.id);
    return state;
}

} // namespace model
