#include "driver/hogql/inspect.h"

#include "driver/hogql/catalogue.h"
#include "driver/hogql/function_types.h"
#include "driver/hogql/keywords.h"
#include "driver/hogql/parser.h"
#include "driver/hogql/resolve.h"
#include "driver/hogql/schema.h"
#include "driver/hogql/source_tokens.h"

namespace hogql {

namespace {

bool holds(Span span, std::size_t offset) { return span.start <= offset && offset <= span.end && span.end > span.start; }

std::string grouped(std::int64_t number)
{
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3 && digits[at - 4] != '-';) {
        at -= 3;
        digits.insert(at, " ");
    }
    return digits;
}

/// Two lines, or one where there is nothing for the other.
std::string lines(const std::string &first, const std::string &second) { return first + (first.empty() || second.empty() ? "" : "\n") + second; }

const KnownName *byId(const std::vector<KnownName> &list, const std::string &digits)
{
    const auto found = std::find_if(list.begin(), list.end(), [&](const KnownName &known) { return known.id && std::to_string(*known.id) == digits; });
    return found == list.end() ? nullptr : &*found;
}

std::string membersOf(const KnownName &cohort)
{
    return "A cohort of this project" + (cohort.volume ? " with " + grouped(*cohort.volume) + (*cohort.volume == 1 ? " person." : " persons.") : ".");
}

std::string volumeOf(const KnownName &known) { return known.volume ? "Seen " + grouped(*known.volume) + " times." : std::string(); }

/// The symbol at `offset`; of several the smallest.
const Symbol *symbolAt(const Resolution &resolution, std::size_t offset)
{
    const Symbol *best = nullptr;
    for (const Symbol &symbol : resolution.symbols) {
        const bool smaller = !best || symbol.span.end - symbol.span.start < best->span.end - best->span.start;
        if (holds(symbol.span, offset) && smaller)
            best = &symbol;
    }
    return best;
}

Hover hoverOf(const Symbol &symbol, const Project *project)
{
    Hover hover{symbol.span, symbol.name, symbol.doc};
    const std::string type = nameOf(symbol.type);
    if (symbol.kind == Symbol::Kind::Function) {
        const FunctionDoc *function = findFunction(symbol.name);
        hover.title = function ? std::string(function->signature) : symbol.name + "()";
        if (!function)
            hover.text = "A function of PostHog.";
    }
    if (!type.empty())
        hover.title += ": " + type;
    const std::string prefix = "events.";
    const bool ofEvents = symbol.kind != Symbol::Kind::Property && symbol.name.starts_with(prefix);
    if (const KnownGroupType *group = ofEvents && project ? groupTypeOf(project->names(), symbol.name.substr(prefix.size())) : nullptr)
        hover.text += "\nGroups of this project's type " + group->name + ".";
    if (symbol.kind != Symbol::Kind::Property)
        return hover;
    const KnownName *known = symbol.known;
    if (known)
        hover.text = lines(known->detail == type ? std::string() : known->detail, volumeOf(*known));
    else
        hover.text = project ? "No definition in this project: read as text." : "";
    return hover;
}

/// A text that stands where only names of the project stand: event = '…', IN COHORT '…', matchesAction('…'), and these by number.
std::optional<Hover> hoverOfName(const SourceTokens &tokens, std::size_t at, const Project &project)
{
    const Token &token = tokens[at];
    const auto isBefore = [&](std::size_t back, std::string_view word) { return at >= back && isWord(tokens[at - back].text, word); };
    const bool cohort = isBefore(1, "COHORT") && isBefore(2, "IN");
    const bool action = isBefore(1, "(") && isBefore(2, "MATCHESACTION");
    const KnownName *known = nullptr;
    if (token.kind == TokenKind::String)
        known = (cohort ? project.cohorts() : action ? project.actions() : project.events()).find(token.text);
    else if (cohort || action)
        known = byId(cohort ? project.names().cohorts : project.names().actions, token.text);
    if (!known)
        return {};
    const std::string volume = volumeOf(*known);
    const std::string what = cohort ? membersOf(*known) : action ? "An action of this project." : "An event of this project." + (volume.empty() ? "" : " " + volume);
    return Hover{token.span, known->name, lines(what, known->detail)};
}

/// Without a tree: a function before a bracket, a table behind FROM.
std::optional<Hover> hoverOfToken(const SourceTokens &tokens, std::size_t offset, const Project *project)
{
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const Token &token = tokens[i];
        if (!holds(token.span, offset))
            continue;
        if (project && (token.kind == TokenKind::String || token.kind == TokenKind::Number))
            return hoverOfName(tokens, i, *project);
        if (token.kind != TokenKind::Word)
            continue;
        const FunctionDoc *function = findFunction(token.text);
        if (function && i + 1 < tokens.size() && tokens[i + 1].text == "(")
            return Hover{token.span, std::string(function->signature), std::string(function->doc)};
        const bool behindFrom = i > 0 && (isWord(tokens[i - 1].text, "FROM") || isWord(tokens[i - 1].text, "JOIN"));
        if (const TableDoc *table = behindFrom ? findTable(token.text) : nullptr)
            return Hover{token.span, std::string(table->name), std::string(table->doc)};
    }
    return {};
}

} // namespace

std::optional<Hover> hover(std::string_view text, std::size_t offset, const Project *project)
{
    const SourceTokens tokens(text);
    if (const Parsed<SelectPtr> parsed = parseSelect(text)) {
        const Resolution resolution = resolve(text, **parsed, project);
        if (const Symbol *symbol = symbolAt(resolution, offset))
            return hoverOf(*symbol, project);
    }
    return hoverOfToken(tokens, offset, project);
}

std::optional<SignatureHelp> signatureHelp(std::string_view text, std::size_t offset)
{
    const SourceTokens tokens(text);
    struct Open {
        std::size_t bracket;
        std::size_t commas = 0;
    };
    std::vector<Open> open;
    for (std::size_t i = 0; i < tokens.size() && tokens[i].span.end <= offset; ++i) {
        const Token &token = tokens[i];
        if (token.kind == TokenKind::Operator && token.text == "," && !open.empty())
            ++open.back().commas;
        if (token.kind != TokenKind::Bracket)
            continue;
        if (std::string_view("([{").find(token.text) != std::string_view::npos)
            open.push_back({i});
        else if (!open.empty())
            open.pop_back();
    }
    for (auto call = open.rbegin(); call != open.rend(); ++call) {
        if (tokens[call->bracket].text != "(" || call->bracket == 0)
            continue;
        std::size_t name = call->bracket - 1;
        bool second = false; // the second pair of brackets: quantile(0.9)(
        if (tokens[name].text == ")") {
            int depth = 0;
            while (name > 0 && (depth += tokens[name].text == ")" ? 1 : tokens[name].text == "(" ? -1 : 0) != 0)
                --name;
            name -= name > 0 ? 1 : 0;
            second = true;
        }
        const FunctionDoc *function = tokens[name].kind == TokenKind::Word ? findFunction(tokens[name].text) : nullptr;
        if (!function)
            continue;
        SignatureHelp help{tokens[name].span, std::string(function->signature), {}, std::string(function->doc)};
        const Signature signature = signatureOf(*function);
        const bool atParameters = !second && !signature.parameters.empty();
        const auto &parts = atParameters ? signature.parameters : signature.arguments;
        const bool endless = atParameters ? signature.openParameters : signature.openArguments;
        if (parts.empty())
            return help;
        if (call->commas >= parts.size() && !endless)
            return help;
        const std::size_t index = std::min(call->commas, parts.size() - 1);
        std::size_t at = help.signature.find('(');
        if (second && !signature.parameters.empty())
            at = help.signature.find(")(") + 1;
        for (std::size_t i = 0; i <= index && at != std::string::npos; ++i)
            at = help.signature.find(parts[i].name, at + (i > 0 ? parts[i - 1].name.size() : 1));
        if (at != std::string::npos)
            help.current = {at, at + parts[index].name.size()};
        return help;
    }
    return {};
}

namespace {

/// The name that a definition gives: the last word of `count() AS n`, the first of `people AS (…)`.
Span nameWithin(const SourceTokens &tokens, Span definition, const std::string &name)
{
    for (std::size_t i = tokens.at(definition.end); i-- > tokens.at(definition.start);) {
        if (tokens[i].text == name && tokens[i].span.end <= definition.end)
            return tokens[i].span;
    }
    return definition;
}

} // namespace

std::optional<Span> definitionOf(std::string_view text, std::size_t offset)
{
    const Parsed<SelectPtr> parsed = parseSelect(text);
    if (!parsed)
        return {};
    const Resolution resolution = resolve(text, **parsed);
    const Symbol *symbol = symbolAt(resolution, offset);
    if (!symbol || !symbol->definition)
        return {};
    const std::string name = symbol->name.substr(symbol->name.rfind('.') == std::string::npos ? 0 : symbol->name.rfind('.') + 1);
    return nameWithin(SourceTokens(text), *symbol->definition, name);
}

std::vector<PlaceholderUse> placeholdersIn(std::string_view text, const Project *project)
{
    std::vector<PlaceholderUse> uses;
    const SourceTokens tokens(text);
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
        if (tokens[i].kind != TokenKind::Bracket || tokens[i].text != "{")
            continue;
        PlaceholderUse use;
        std::size_t at = i + 1;
        for (; tokens[at].kind == TokenKind::Word || tokens[at].kind == TokenKind::QuotedIdentifier; ++at) {
            use.name += (use.name.empty() ? "" : ".") + tokens[at].text;
            if (tokens[at + 1].text != ".")
                break;
            ++at;
        }
        if (use.name.empty() || at + 1 >= tokens.size() || tokens[at + 1].text != "}")
            continue;
        use.span = {tokens[i].span.start, tokens[at + 1].span.end};
        uses.push_back(std::move(use));
    }
    const Parsed<SelectPtr> parsed = uses.empty() ? Parsed<SelectPtr>{} : parseSelect(text);
    if (uses.empty() || !parsed)
        return uses;
    for (const Symbol &symbol : resolve(text, **parsed, project).symbols) {
        for (PlaceholderUse &use : uses) {
            if (symbol.kind == Symbol::Kind::Placeholder && symbol.span == use.span)
                use.type = symbol.type;
        }
    }
    return uses;
}

std::vector<Span> referencesOf(std::string_view text, std::size_t offset)
{
    const Parsed<SelectPtr> parsed = parseSelect(text);
    if (!parsed)
        return {};
    const SourceTokens tokens(text);
    const Resolution resolution = resolve(text, **parsed);
    const auto means = [](const Symbol &symbol) { return symbol.kind == Symbol::Kind::CommonTable || symbol.kind == Symbol::Kind::Alias; };
    std::optional<Span> wanted;
    for (const Symbol &symbol : resolution.symbols) {
        if (!means(symbol) || !symbol.definition)
            continue;
        const Span name = nameWithin(tokens, *symbol.definition, symbol.name);
        if (holds(symbol.span, offset) || holds(name, offset))
            wanted = symbol.definition;
    }
    if (!wanted)
        return {};
    std::vector<Span> places;
    for (const Symbol &symbol : resolution.symbols) {
        if (!means(symbol) || symbol.definition != wanted)
            continue;
        if (places.empty())
            places.push_back(nameWithin(tokens, *wanted, symbol.name));
        if (std::find(places.begin(), places.end(), symbol.span) == places.end())
            places.push_back(symbol.span);
    }
    return places;
}

} // namespace hogql
