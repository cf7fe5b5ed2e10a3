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
    if (symbol.kind != Symbol::Kind::Property)
        return hover;
    const std::string name = symbol.name.substr(symbol.name.rfind("properties.") == std::string::npos ? 0 : symbol.name.rfind("properties.") + 11);
    const KnownName *known = nullptr;
    if (project)
        known = symbol.name.starts_with("properties.") ? project->eventProperty(name) : project->personProperty(name);
    if (known)
        hover.text = (known->detail == type ? std::string() : known->detail) + (volumeOf(*known).empty() ? "" : (known->detail.empty() || known->detail == type ? "" : "\n") + volumeOf(*known));
    else
        hover.text = project ? "No definition in this project: read as text." : "";
    return hover;
}

/// Without a tree: a function before a bracket, a table behind FROM.
std::optional<Hover> hoverOfToken(const SourceTokens &tokens, std::size_t offset, const Project *project)
{
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const Token &token = tokens[i];
        if (!holds(token.span, offset))
            continue;
        if (token.kind == TokenKind::String && project) {
            if (const KnownName *event = project->event(token.text))
                return Hover{token.span, token.text, "An event of this project. " + (event->volume ? volumeOf(*event) : event->detail)};
        }
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
