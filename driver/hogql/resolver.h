#pragma once

#include "driver/hogql/resolve.h"
#include "driver/hogql/schema.h"
#include "driver/hogql/source_tokens.h"

#include <map>
#include <memory>

/// The work behind resolve.h, over several files. For the files of this folder.
namespace hogql {

/// What something in FROM offers.
struct Relation {
    struct Column {
        std::string name;
        ValueType type;
        Span definition;
    };
    const TableDoc *table = nullptr; // a table of the schema
    const KnownTable *known = nullptr; // a table of the project
    std::vector<Column> columns; // of a sub-select or WITH
    bool open = false; // there may be more columns than are known
};

class Resolver
{
public:
    Resolver(std::string_view text, const Project *project)
        : m_tokens(text)
        , m_project(project)
    {
    }

    Relation select(const Select &select);
    Resolution take(const Relation &result);

private:
    struct Source {
        std::string name; // the alias, else the table's last part
        std::string table; // as written; empty for a sub-select
        Relation relation;
        Span span;
    };
    struct AliasEntry {
        const Expr *expression = nullptr; // null for an item of ARRAY JOIN
        Span span;
        ValueType type;
        bool resolved = false;
        bool active = false; // is being looked into: its own name means the column then
        bool aggregates = false;
    };
    struct Scope {
        Scope *parent = nullptr;
        const Select *select = nullptr;
        std::vector<Source> sources;
        std::map<std::string, AliasEntry, std::less<>> aliases;
        std::map<std::string, std::pair<Relation, Span>, std::less<>> commonTables;
        std::map<std::string, std::pair<ValueType, Span>, std::less<>> values; // WITH expression AS name, lambda parameters
        std::vector<std::string> shared; // columns of USING
        bool isLambda = false;
    };
    /// Where one stands within a SELECT.
    enum class Place { Elsewhere, Columns, Where, Aggregate };

    // Selects (resolve_select.cpp).
    Relation plainSelect(const Select &select, Scope &scope);
    Relation setOf(const Select &select);
    void commonTables(const Select &select, Scope &scope);
    void from(const Select &select, Scope &scope);
    Relation table(const TableRef &table, Scope &scope);
    Relation namedTable(const TableRef &table, Scope &scope);
    void collectAliases(const Expr &expression, Scope &scope, Span owner);
    void expandAsterisk(const Asterisk &all, Relation &result);
    void checkGrouping(const Select &select);
    bool sameColumn(const Field &a, const Field &b) const;
    bool isGrouped(const Expr &expression, const Select &select);
    void window(const Window &window);

    // Names (resolve_field.cpp).
    ValueType field(const Field &field, Span span);
    std::optional<ValueType> inSources(const std::vector<std::string> &chain, const std::vector<Span> &places, Scope &scope);
    std::optional<ValueType> inRelation(const Relation &relation, const std::string &path, const std::vector<std::string> &chain,
                                        const std::vector<Span> &places, std::size_t at);
    ValueType property(const std::vector<std::string> &chain, const std::vector<Span> &places, std::size_t at, const TableDoc &table,
                       const std::string &path);
    bool isGroupType(const Relation &relation, const std::vector<std::string> &chain, std::size_t at) const;
    void sayNoProperties(const std::vector<Span> &places, std::size_t at);
    void unknownColumn(const std::vector<std::string> &chain, const std::vector<Span> &places);
    static bool has(const Relation &relation, std::string_view column);

    // Expressions (resolve_expression.cpp).
    ValueType expression(const Expr &expression);
    ValueType expression(const ExprPtr &expr) { return expr ? expression(*expr) : ValueType{}; }
    ValueType binary(const Binary &binary, Span span);
    void comparison(const Binary &binary, ValueType left, ValueType right);
    ValueType call(const Call &call, Span span);
    void checkCall(const Call &call, Span name, const std::vector<ValueType> &types);
    void guess(const ExprPtr &placeholder, ValueType type);
    ValueType lambda(const Lambda &lambda, ValueType item);
    std::optional<Fix> converted(const Expr &expression, const char *function) const;

    void say(Severity severity, Span span, std::string message, std::optional<Fix> fix = {})
    {
        m_result.diagnostics.push_back({span, std::move(message), severity, std::move(fix)});
    }
    void note(Symbol::Kind kind, Span span, std::string name, ValueType type, std::string_view doc, std::optional<Span> definition = {})
    {
        m_result.symbols.push_back({kind, span, std::move(name), type, std::string(doc), definition, nullptr});
    }

    SourceTokens m_tokens;
    const Project *m_project;
    Resolution m_result;
    Scope *m_scope = nullptr;
    Place m_place = Place::Elsewhere;
    bool m_quiet = false; // a second look at what was looked at already
};

} // namespace hogql
