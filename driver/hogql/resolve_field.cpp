#include "driver/hogql/near.h"
#include "driver/hogql/printer.h"
#include "driver/hogql/resolver.h"

#include <span>

namespace hogql {

using Kind = ValueType::Kind;

namespace {

std::string joined(const std::vector<std::string> &parts)
{
    std::string text;
    for (const std::string &part : parts)
        text += (text.empty() ? "" : ".") + part;
    return text;
}

Span placeOf(const std::vector<Span> &places, std::size_t at)
{
    return at < places.size() ? places[at] : places.empty() ? Span{} : places.back();
}

} // namespace

bool Resolver::has(const Relation &relation, std::string_view column)
{
    const auto named = [&](const auto &known) { return known.name == column; };
    if (relation.table && findColumn(*relation.table, column))
        return true;
    if (relation.known && std::any_of(relation.known->columns.begin(), relation.known->columns.end(), named))
        return true;
    return std::any_of(relation.columns.begin(), relation.columns.end(), named);
}

/// `places` are those of the parts; missing ones stand for the last.
ValueType Resolver::field(const Field &field, Span span)
{
    const std::vector<std::string> &chain = field.chain;
    std::vector<Span> places = m_tokens.path(span.start);
    if (places.empty())
        places.push_back(span);
    bool ownSelect = true;
    for (Scope *scope = m_scope; scope; scope = scope->parent) {
        if (const auto value = scope->values.find(chain.front()); value != scope->values.end()) {
            note(scope->isLambda ? Symbol::Kind::LambdaParameter : Symbol::Kind::Alias, places.front(), chain.front(), value->second.first,
                 scope->isLambda ? "Parameter of a lambda." : "Named by WITH in this query.", value->second.second);
            return chain.size() == 1 ? value->second.first : ValueType{};
        }
        if (scope->isLambda)
            continue;
        const auto alias = ownSelect ? scope->aliases.find(chain.front()) : scope->aliases.end();
        const bool isTable = chain.size() > 1
            && std::any_of(scope->sources.begin(), scope->sources.end(), [&](const Source &source) { return source.name == chain.front(); });
        if (alias != scope->aliases.end() && !alias->second.active && !isTable) {
            AliasEntry &entry = alias->second;
            if (!entry.resolved && entry.expression) {
                entry.active = true;
                Scope *const outer = std::exchange(m_scope, scope);
                const bool quiet = std::exchange(m_quiet, true);
                const std::size_t symbols = m_result.symbols.size(), diagnostics = m_result.diagnostics.size();
                entry.type = expression(*entry.expression);
                m_result.symbols.resize(symbols); // said when the column itself was looked at
                m_result.diagnostics.resize(diagnostics);
                m_quiet = quiet;
                m_scope = outer;
                entry.active = false;
                entry.resolved = true;
            }
            note(Symbol::Kind::Alias, places.front(), chain.front(), entry.type, "A name given in this SELECT.", entry.span);
            if (entry.aggregates && m_place == Place::Where)
                say(Severity::Error, span, chain.front() + " is an aggregate, which is known only after WHERE; compare it in HAVING.");
            return chain.size() == 1 ? entry.type : ValueType{};
        }
        if (const auto type = inSources(chain, places, *scope))
            return *type;
        ownSelect = false;
    }
    unknownColumn(chain, places);
    return {};
}

/// The type of a column that one of the sources has; empty when none has it.
std::optional<ValueType> Resolver::inSources(const std::vector<std::string> &chain, const std::vector<Span> &places, Scope &scope)
{
    if (chain.size() > 1) {
        for (const Source &source : scope.sources) {
            std::size_t parts = source.name == chain.front() ? 1 : 0;
            const std::vector<std::string> head(chain.begin(), chain.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(2, chain.size() - 1)));
            if (parts == 0 && source.name == head.back() && source.table == joined(head))
                parts = head.size(); // posthog.events.timestamp
            if (parts == 0)
                continue;
            note(Symbol::Kind::Table, placeOf(places, 0), source.name, {}, source.relation.table ? source.relation.table->doc : "A table of this query.",
                 source.span);
            return inRelation(source.relation, source.name, chain, places, parts);
        }
    }
    const Source *found = nullptr;
    for (const Source &source : scope.sources) {
        if (!has(source.relation, chain.front()))
            continue;
        const bool shared = std::any_of(scope.shared.begin(), scope.shared.end(), [&](const std::string &name) { return name == "*" || name == chain.front(); });
        if (found && !shared && m_place != Place::Elsewhere) {
            say(Severity::Warning, placeOf(places, 0),
                "Both " + found->name + " and " + source.name + " have " + chain.front() + "; say which one: " + found->name + "." + chain.front() + ".",
                Fix{"Write " + found->name + "." + chain.front(), {placeOf(places, 0).start, placeOf(places, 0).start}, found->name + "."});
            break;
        }
        found = found ? found : &source;
    }
    if (found)
        return inRelation(found->relation, found->name, chain, places, 0);
    for (const Source &source : scope.sources) {
        if (isGroupType(source.relation, chain, 0))
            return inRelation(source.relation, source.name, chain, places, 0);
        if (source.relation.open)
            return ValueType{};
    }
    return {};
}

/// Whether part `at` is a group by the name of its type: account.properties.x of events. Where the project's types are not known,
/// every name before a column of groups may be one.
bool Resolver::isGroupType(const Relation &relation, const std::vector<std::string> &chain, std::size_t at) const
{
    if (!relation.table || relation.table->name != "events" || at + 1 >= chain.size())
        return false;
    if (m_project && !m_project->names().groupTypes.empty())
        return groupTypeOf(m_project->names(), chain[at]) != nullptr;
    const std::string &next = chain[at + 1];
    return next == "properties" || next == "key" || next == "created_at" || next == "index";
}

/// Goes on from part `at` of the chain within `relation`.
std::optional<ValueType> Resolver::inRelation(const Relation &relation, const std::string &path, const std::vector<std::string> &chain,
                                              const std::vector<Span> &places, std::size_t at)
{
    if (at >= chain.size())
        return ValueType{};
    const std::string &name = chain[at];
    const Span place = placeOf(places, at);
    for (const Relation::Column &column : relation.columns) {
        if (column.name != name)
            continue;
        note(Symbol::Kind::Column, place, path.empty() ? name : path + "." + name, column.type, "A column of the SELECT in FROM.", column.definition);
        return at + 1 == chain.size() ? column.type : ValueType{};
    }
    if (relation.known) {
        for (const KnownName &column : relation.known->columns) {
            if (column.name != name)
                continue;
            const ValueType type = typeNamed(column.type);
            note(Symbol::Kind::Column, place, path + "." + name, type, column.detail);
            return at + 1 == chain.size() ? type : ValueType{};
        }
    }
    const TableDoc *table = relation.table;
    const ColumnDoc *column = table ? findColumn(*table, name) : nullptr;
    if (column && column->type == "Table") {
        const TableDoc *next = findTable(column->table);
        note(Symbol::Kind::Table, place, std::string(table->name) + "." + name, {}, column->doc);
        if (!next || at + 1 >= chain.size())
            return ValueType{};
        return inRelation({next, nullptr, {}, false}, path.empty() ? name : path + "." + name, chain, places, at + 1);
    }
    if (column) {
        const ValueType type = typeNamed(column->type);
        note(Symbol::Kind::Column, place, std::string(table->name) + "." + name, type, column->doc);
        if (at + 1 == chain.size())
            return type;
        if (column->type == "JSON")
            return property(chain, places, at + 1, *table, (path.empty() || path == table->name ? "" : path + ".") + name);
        const bool hasParts = column->type == "Array" || column->type == "JSON";
        if (!hasParts)
            say(Severity::Error, placeOf(places, at + 1), name + " is a " + std::string(column->type) + " and has no parts.");
        return ValueType{};
    }
    if (relation.open)
        return ValueType{};
    if (isGroupType(relation, chain, at)) {
        note(Symbol::Kind::Table, place, "events." + name, {}, "The group of this type that the event belongs to.");
        return inRelation({findTable("groups"), nullptr, {}, false}, path.empty() ? name : path + "." + name, chain, places, at + 1);
    }
    if (table && table->name == "sessions" && name == "properties") {
        sayNoProperties(places, at);
        return ValueType{};
    }
    Nearest nearest(name);
    const auto offer = [&](const auto &list) {
        for (const auto &known : list)
            nearest.offer(known.name);
    };
    offer(relation.columns);
    if (table)
        offer(table->columns);
    if (relation.known)
        offer(relation.known->columns);
    const std::string owner = table ? std::string(table->name) : path.empty() ? "the table" : path;
    if (!nearest.name().empty())
        say(Severity::Error, place, owner + " has no column " + name + ". Did you mean " + nearest.name() + "?",
            Fix{"Write " + nearest.name(), place, quoteIdentifier(nearest.name())});
    else
        say(Severity::Error, place, owner + " has no column " + name + ".");
    return ValueType{};
}

/// properties.x: what the definitions say of x; text where they say nothing.
ValueType Resolver::property(const std::vector<std::string> &chain, const std::vector<Span> &places, std::size_t at, const TableDoc &table,
                             const std::string &path)
{
    const std::string &name = chain[at];
    const Span place = placeOf(places, at);
    const NameIndex *list = nullptr;
    if (m_project) {
        if (table.name == "events")
            list = &m_project->eventProperties();
        else if (table.name == "persons" || table.name == "raw_persons")
            list = &m_project->personProperties();
        else if (table.name == "groups") // chain: group_0.properties.x
            list = &m_project->groupProperties(at > 1 ? groupTypeOf(m_project->names(), chain[at - 2]) : nullptr);
    }
    const KnownName *known = list ? list->find(name) : nullptr;
    const bool nested = at + 1 < chain.size();
    ValueType type = known ? typeNamed(known->type) : ValueType{};
    if (known && (known->type.empty() || nested))
        type = {Kind::String};
    note(Symbol::Kind::Property, place, path + "." + name, type, known ? known->detail : "");
    m_result.symbols.back().known = known;
    if (known || !list || list->isEmpty())
        return type;
    if (const std::string near = list->like(name); !near.empty())
        say(Severity::Warning, place, "No " + std::string(table.name == "events" ? "event" : table.name == "groups" ? "group" : "person")
                + " of this project was seen with " + name + ". Did you mean " + near + "?",
            Fix{"Write " + near, place, quoteIdentifier(near)});
    return {Kind::String}; // without a definition PostHog reads text
}

/// sessions.properties.$entry_pathname
void Resolver::sayNoProperties(const std::vector<Span> &places, std::size_t at)
{
    std::optional<Fix> fix;
    if (at + 1 < places.size())
        fix = Fix{"Leave out properties", {placeOf(places, at).start, placeOf(places, at + 1).start}, ""};
    say(Severity::Error, placeOf(places, at), "A session has no properties; its values are columns such as $entry_pathname.", std::move(fix));
}

void Resolver::unknownColumn(const std::vector<std::string> &chain, const std::vector<Span> &places)
{
    const std::string &name = chain.front();
    const Span place = placeOf(places, 0);
    const Scope *own = m_scope;
    while (own && own->isLambda)
        own = own->parent;
    if (!own || own->sources.empty()) {
        if (own && own->select && own->select->from.empty() && own->select->arms.empty() && !own->parent)
            say(Severity::Error, place, "There is no FROM that " + name + " could be a column of.");
        return;
    }
    const bool eventsRead = std::any_of(own->sources.begin(), own->sources.end(),
                                        [](const Source &source) { return source.relation.table && source.relation.table->name == "events"; });
    if (eventsRead && m_project && chain.size() == 1 && m_project->eventProperties().find(name)) {
        say(Severity::Error, place, name + " is a property of events: write properties." + name + ".",
            Fix{"Write properties." + name, {place.start, place.start}, "properties."});
        return;
    }
    const bool sessionsRead = std::any_of(own->sources.begin(), own->sources.end(),
                                          [](const Source &source) { return source.relation.table && source.relation.table->name == "sessions"; });
    if (sessionsRead && name == "properties")
        return sayNoProperties(places, 0);
    Nearest nearest(name);
    for (const Source &source : own->sources) {
        if (chain.size() > 1)
            nearest.offer(source.name);
        for (const Relation::Column &column : source.relation.columns)
            nearest.offer(column.name);
        if (source.relation.table) {
            for (const ColumnDoc &column : source.relation.table->columns)
                nearest.offer(column.name);
        }
    }
    for (const KnownGroupType &type : eventsRead && m_project ? std::span(m_project->names().groupTypes) : std::span<const KnownGroupType>())
        nearest.offer(type.name);
    for (const auto &[alias, entry] : own->aliases)
        nearest.offer(alias);
    std::string of;
    for (const Source &source : own->sources)
        of += (of.empty() ? "" : ", ") + (source.name.empty() ? std::string("the SELECT in FROM") : source.name);
    if (!nearest.name().empty())
        say(Severity::Error, place, "There is no column " + name + " in " + of + ". Did you mean " + nearest.name() + "?",
            Fix{"Write " + nearest.name(), place, quoteIdentifier(nearest.name())});
    else
        say(Severity::Error, place, "There is no column " + name + " in " + of + "." + (eventsRead ? " What was sent with an event is under properties." : ""));
}

} // namespace hogql
