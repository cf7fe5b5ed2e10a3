#include "driver/localproject/compiler_state.h"
#include "driver/localproject/layout.h"

#include <algorithm>

namespace localproject {
namespace {

using Kind = Type::Kind;

std::string joined(const std::vector<std::string> &chain)
{
    std::string text;
    for (const std::string &name : chain)
        text += (text.empty() ? "" : ".") + name;
    return text;
}

bool isDigits(const std::string &text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

/// A JSON pointer; DuckDB's other path form reads `$` and dots in keys as syntax.
std::string pointer(const std::vector<std::string> &keys)
{
    std::string path;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        path += '/';
        if (i > 0 && isDigits(keys[i]) && keys[i] != "0" && keys[i].size() < 10) {
            path += std::to_string(std::stol(keys[i]) - 1); // HogQL counts elements from 1.
            continue;
        }
        path += jsonPointer(keys[i]).substr(1);
    }
    return path;
}

/// '' and 'null' are no values.
std::string withoutBlanks(const std::string &sql) { return "nullif(nullif(" + sql + ", ''), 'null')"; }

Type columnType(std::string_view name, const std::string &timezone)
{
    if (name == "State")
        return Type::of(Kind::State);
    if (name == "Json") {
        Type type = Type::of(Kind::String);
        type.json = true;
        return type;
    }
    return parseType(name, timezone).value_or(Type {});
}

/// Whether `source` answers the first name of `chain`, as a column or as a joined table.
bool has(const Source &source, const std::vector<std::string> &chain, bool asRelation)
{
    if (source.table) {
        return asRelation ? std::ranges::find(source.table->relations, chain[0], &TableRelation::name) != source.table->relations.end()
                          : std::ranges::find(source.table->columns, chain[0], &TableColumn::name) != source.table->columns.end();
    }
    const std::string whole = joined(chain);
    return !asRelation && std::ranges::any_of(source.columns, [&](const Output &output) {
        return output.name == chain[0] || output.name == whole
            || std::ranges::find(output.otherNames, chain[0]) != output.otherNames.end();
    });
}

} // namespace

Fragment Compilation::plain(Fragment fragment, const std::string &name, hogql::Span span)
{
    if (m_phase == Phase::Groups)
        refuse("NOT_AN_AGGREGATE: column `" + name + "` is not under an aggregate function and not in GROUP BY.", span);
    fragment.span = span;
    return fragment;
}

Fragment Compilation::property(Source &source, const TableColumn &column, const std::vector<std::string> &keys)
{
    const std::string path = pointer(keys);
    const bool holdsNul = path.find('\0') != std::string::npos;
    const std::string pathSql = holdsNul ? bind(path) : quoteText(path);

    std::string_view declared;
    const auto lookUp = [&](const std::map<std::string, std::string> &definitions) {
        const auto found = definitions.find(keys[0]);
        return found == definitions.end() ? std::string_view() : std::string_view(found->second);
    };
    if (keys.size() == 1 && column.properties == PropertyScope::Event)
        declared = lookUp(m_context.eventProperties);
    else if (keys.size() == 1 && column.properties == PropertyScope::Person)
        declared = lookUp(m_context.personProperties);
    else if (keys.size() == 1 && column.properties == PropertyScope::Group)
        declared = lookUp(m_context.groupProperties);

    Fragment value;
    value.type = Type::of(Kind::String, true);
    if (declared == "Numeric")
        value.type = Type::of(Kind::Float, true);
    else if (declared == "Boolean")
        value.type = Type::of(Kind::Bool, true);
    else if (declared == "DateTime")
        value.type = Type::dateTime(m_context.timezone).orNull();

    std::string own; // the column that the property has to itself
    bool isNumber = false;
    if (column.properties == PropertyScope::Event && keys.size() == 1) {
        for (const MaterialisedProperty &known : materialisedProperties)
            if (known.property == keys[0])
                own = known.column;
        const auto made = m_context.propertyColumns.find(keys[0]);
        if (own.empty() && made != m_context.propertyColumns.end() && made->second.number == value.type.is(Kind::Float)) {
            own = made->second.column;
            isNumber = made->second.number;
        }
        if (own.empty() && !holdsNul)
            m_statement.wantedColumns[keys[0]].number = value.type.is(Kind::Float);
    }

    value.sql = source.read([&](std::string_view row) {
        const std::string raw = own.empty() ? "json_extract_string(" + overRow(columnPattern(column), row) + ", " + pathSql + ")"
                                            : std::string(row) + "." + own;
        if (!own.empty() && (isNumber || value.type.is(Kind::String))) // What is blank is NULL there.
            return raw;
        switch (value.type.kind) {
        case Kind::Float: return "TRY_CAST(" + raw + " AS DOUBLE)";
        case Kind::Bool: return "CASE " + raw + " WHEN 'true' THEN true WHEN 'false' THEN false END";
        case Kind::DateTime: return parsedTime(raw, m_context.timezone);
        default: return withoutBlanks(raw);
        }
    });
    if (!source.relation && value.type.kind != Kind::String && value.type.kind != Kind::Float)
        value.sql = "(" + value.sql + ")";
    return value;
}

Fragment Compilation::jsonPath(const Fragment &json, const std::vector<std::string> &keys)
{
    // pointer() takes a first part as a key even when it is digits; here the value may be an array.
    std::vector<std::string> path {"x"};
    path.insert(path.end(), keys.begin(), keys.end());
    const std::string text = pointer(path).substr(2);
    const std::string pathSql = text.find('\0') != std::string::npos ? bind(text) : quoteText(text);
    Fragment value;
    const std::string read = "json_extract_string(" + json.sql + ", " + pathSql + ")";
    value.sql = withoutBlanks(json.type.json ? read : "CASE WHEN json_valid(" + json.sql + ") THEN " + read + " END");
    value.type = Type::of(Kind::String, true);
    value.span = json.span;
    return value;
}

Fragment Compilation::part(const Fragment &value, const std::string &name, hogql::Span span)
{
    Fragment result;
    result.span = span;
    if (value.type.is(Kind::Tuple)) {
        const std::size_t index = isDigits(name) && name.size() < 6 ? std::stoul(name) : 0;
        if (index < 1 || index > value.type.items.size())
            refuse("The tuple has no part ." + name + ": it has " + std::to_string(value.type.items.size()) + ".", span);
        result.sql = "struct_extract_at(" + value.sql + ", " + name + ")";
        result.type = value.type.items[index - 1];
        return result;
    }
    if (value.type.is(Kind::Array) && value.type.element().is(Kind::Tuple)) { // The parts of all its tuples.
        const std::string element = freshName("e");
        Fragment item;
        item.sql = element;
        item.type = value.type.element();
        const Fragment inner = part(item, name, span);
        result.sql = "list_transform(" + value.sql + ", lambda " + element + ": " + inner.sql + ")";
        result.type = Type::array(inner.type);
        return result;
    }
    if (value.type.is(Kind::Map)) {
        result.sql = value.sql + "[" + bind(name) + "]";
        result.type = value.type.items.size() == 2 ? value.type.items[1].orNull() : Type {};
        return result;
    }
    if (value.type.is(Kind::Array) && isDigits(name))
        return element(value, constant(std::stol(name)), span);
    if (value.type.is(Kind::String) || value.type.is(Kind::Unknown))
        return jsonPath(value, {name});
    refuse("A value of type " + value.type.name() + " has no part `" + name + "`.", span);
}

Fragment Compilation::members(Fragment value, const std::vector<std::string> &chain, std::size_t at, hogql::Span span)
{
    if (at < chain.size() && value.type.is(Kind::String)) {
        Fragment result = jsonPath(value, {chain.begin() + static_cast<std::ptrdiff_t>(at), chain.end()});
        result.span = span;
        return result;
    }
    for (; at < chain.size(); ++at)
        value = part(value, chain[at], span);
    return value;
}

std::optional<Fragment> Compilation::tryColumn(Source &source, const std::vector<std::string> &chain, std::size_t at, hogql::Span span)
{
    if (at >= chain.size())
        return std::nullopt;
    const std::string &name = chain[at];
    if (!source.table) {
        for (const bool byOtherName : {false, true})
            for (const Output &output : source.columns) {
                if (byOtherName ? std::ranges::find(output.otherNames, name) == output.otherNames.end() : output.name != name)
                    continue;
                Fragment value;
                value.sql = source.alias + "." + output.column;
                value.type = source.outer ? output.type.orNull() : output.type;
                return members(plain(std::move(value), name, span), chain, at + 1, span);
            }
        // person.properties.x of a sub-select that answers `person.properties.x` under that very name.
        std::string whole = joined({chain.begin() + static_cast<std::ptrdiff_t>(at), chain.end()});
        for (const Output &output : source.columns)
            if (chain.size() > at + 1 && output.name == whole) {
                Fragment value;
                value.sql = source.alias + "." + output.column;
                value.type = source.outer ? output.type.orNull() : output.type;
                return plain(std::move(value), whole, span);
            }
        return std::nullopt;
    }

    const auto found = std::ranges::find(source.table->columns, name, &TableColumn::name);
    if (found != source.table->columns.end()) {
        if (found->properties != PropertyScope::None && at + 1 < chain.size()) {
            Fragment value = property(source, *found, {chain.begin() + static_cast<std::ptrdiff_t>(at) + 1, chain.end()});
            return plain(std::move(value), joined(chain), span);
        }
        Fragment value;
        value.sql = source.read(columnPattern(*found));
        value.type = columnType(found->type, m_context.timezone);
        if (source.outer && !value.type.is(Kind::Array))
            value.type.nullable = true;
        return members(plain(std::move(value), name, span), chain, at + 1, span);
    }

    const auto relation = std::ranges::find(source.table->relations, name, &TableRelation::name);
    if (relation == source.table->relations.end())
        return std::nullopt;
    if (at + 1 >= chain.size())
        refuse("`" + name + "` is a joined table: name one of its columns, such as " + name + ".id.", span);
    if (const std::string key = "@." + chain[at + 1]; at + 2 == chain.size() && key == relation->right) { // The key is here: no join.
        Fragment value;
        value.sql = source.read(relation->left);
        const Table *target = findTable(relation->table);
        const auto column = std::ranges::find(target->columns, chain[at + 1], &TableColumn::name);
        value.type = columnType(column == target->columns.end() ? "String" : column->type, m_context.timezone);
        value.type.nullable = value.type.nullable || source.outer || relation->table == "sessions";
        return plain(std::move(value), joined(chain), span);
    }
    Source *target = source.join(name, m_aliases);
    auto value = tryColumn(*target, chain, at + 1, span);
    if (!value)
        unknownField(chain, span);
    return value;
}

Fragment Compilation::column(Source &source, const std::vector<std::string> &chain, std::size_t at, hogql::Span span)
{
    auto value = tryColumn(source, chain, at, span);
    if (!value)
        unknownField(chain, span);
    return std::move(*value);
}

std::optional<Fragment> Compilation::alias(const std::string &name, bool onlyEarlier)
{
    for (std::size_t i = 0; i < m_scope->aliases.size(); ++i) {
        AliasDefinition &definition = m_scope->aliases[i];
        if (definition.name != name || definition.active || (onlyEarlier && definition.position >= m_aliasLimit))
            continue;
        const std::size_t limit = definition.limit;
        m_scope->aliases[i].active = true;
        Fragment value;
        {
            const Within within(m_aliasLimit, limit);
            value = expression(*definition.operand);
        }
        m_scope->aliases[i].active = false;
        m_sqlSize += value.sql.size();
        if (m_sqlSize > 4'000'000)
            refuse("The query's aliases refer to each other too deeply.");
        return value;
    }
    return std::nullopt;
}

Fragment Compilation::field(const std::vector<std::string> &chain, hogql::Span span)
{
    const std::string &first = chain.front();
    for (auto parameter = m_lambdaParameters.rbegin(); parameter != m_lambdaParameters.rend(); ++parameter)
        if (parameter->first == first)
            return members(parameter->second, chain, 1, span);

    if (const auto unfolded = m_scope->arrayColumns.find(first); unfolded != m_scope->arrayColumns.end())
        return members(plain(unfolded->second, first, span), chain, 1, span);
    if (chain.size() > 1)
        if (Source *source = m_scope->findSource(first))
            return column(*source, chain, 1, span);
    if (auto value = alias(first, true))
        return members(std::move(*value), chain, 1, span);

    Source *owner = nullptr;
    for (const bool asRelation : {false, true}) {
        for (const auto &source : m_scope->sources) {
            if (!has(*source, chain, asRelation))
                continue;
            if (owner && m_scope->shared.contains(first))
                break;
            if (owner)
                refuse("Ambiguous query. Found multiple sources for field: " + first + ". Write " + owner->name + "." + first + " or "
                           + source->name + "." + first + ".",
                       span);
            owner = source.get();
        }
        if (owner)
            return column(*owner, chain, 0, span);
    }
    if (auto value = alias(first, false))
        return members(std::move(*value), chain, 1, span);
    for (const Scope *scope = m_scope; scope; scope = scope->parent)
        if (const auto value = scope->commonValues.find(first); value != scope->commonValues.end())
            return members(expression(*value->second), chain, 1, span);
    unknownField(chain, span);
}

void Compilation::unknownField(const std::vector<std::string> &chain, hogql::Span span)
{
    std::vector<std::string> candidates;
    for (const auto &source : m_scope->sources) {
        candidates.push_back(source->name);
        for (const Output &output : source->columns)
            candidates.push_back(output.name);
        if (!source->table)
            continue;
        for (const TableColumn &known : source->table->columns)
            candidates.emplace_back(known.name);
        for (const TableRelation &relation : source->table->relations) {
            candidates.emplace_back(relation.name);
            if (chain.size() > 1 && relation.name == chain.front())
                for (const TableColumn &known : findTable(relation.table)->columns)
                    candidates.push_back(std::string(relation.name) + "." + std::string(known.name));
        }
    }
    for (const AliasDefinition &known : m_scope->aliases)
        candidates.push_back(known.name);
    std::string message = "Unable to resolve field: " + joined(chain) + ".";
    std::optional<std::string> guess = closest(joined(chain), candidates);
    if (!guess)
        guess = closest(chain.front(), candidates);
    if (guess && *guess == chain.front())
        guess.reset();
    if (guess)
        message += " Did you mean " + *guess + "?";
    else if (m_scope->sources.size() == 1 && m_scope->sources[0]->table && !m_scope->sources[0]->table->columns.empty() && chain.size() == 1)
        for (const TableColumn &known : m_scope->sources[0]->table->columns)
            if (known.properties == PropertyScope::Event || known.properties == PropertyScope::Person)
                message += " An event's own data is under properties: properties." + chain.front() + ".";
    refuse(message, span);
}

} // namespace localproject
