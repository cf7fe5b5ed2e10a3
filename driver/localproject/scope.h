#pragma once

#include "driver/base/json_fields.h"
#include "driver/hogql/ast.h"
#include "driver/localproject/compiler_tables.h"
#include "driver/localproject/types.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace localproject {

/// A piece of DuckDB SQL that yields a value. `sql` can stand anywhere an operand can: it needs no brackets.
struct Fragment {
    std::string sql;
    Type type;
    hogql::Span span;
    std::optional<ph::Json> constant; // of a literal or a placeholder: its value

    /// What GROUP BY may use instead of `sql`: `key`, of which `sql` is one-to-one `shown` with the key in place of "@". A day
    /// groups several times faster as a DATE than as the TIMESTAMP of its start. Only good as long as it still spells `sql`.
    std::string key = {};
    std::string shown = {};
    bool hasKey() const;
};

/// A column that a select answers. In SQL it is called `column`; in HogQL by `name` or one of `otherNames`.
struct Output {
    std::string name;
    std::string column;
    Type type;
    std::vector<std::string> otherNames;
};

/// A whole select as SQL, without brackets.
struct CompiledSelect {
    std::string sql;
    std::vector<Output> columns;
    std::string common; // what must stand in WITH before it: select() puts it there
};

/// Something rows come from: a table, a sub-select, or a table that is joined because a column of it is used (`relation`).
/// Of the last only what is asked for is read, in a select of its own, so that JSON is parsed once a row of that table.
struct Source {
    std::string name;  // what the query calls it
    std::string alias; // what the SQL calls it
    std::string from;  // "events AS t1", "(SELECT …) AS t2"; not used by relations
    const Table *table = nullptr;
    std::vector<Output> columns;     // of a sub-select
    bool outer = false;              // may be missing: its columns are NULL then
    const TableRelation *relation = nullptr;
    std::string key;                           // relation: the SQL on the side of the row that has it
    std::vector<std::string> requested;        // relation: SQL over "r", answered as p0, p1 …
    std::vector<std::unique_ptr<Source>> lazy; // the relations in use

    /// What `sql` makes of a row, as seen from outside this source.
    std::string read(const std::function<std::string(std::string_view row)> &sql);
    /// The same for a pattern of TableColumn.
    std::string read(std::string_view pattern);
    /// The relation of that name, joined from now on; null when the table has none.
    Source *join(std::string_view relationName, int &aliases);
    /// The SQL to stand after FROM or JOIN, with the relations in use. Those that are read once and kept (their JSON is parsed
    /// once a person then, not once an event) are appended to `common`, as WITH takes them.
    std::string sql(std::string &common) const;
};

/// `expr AS name`, known in all of its select.
struct AliasDefinition {
    std::string name;
    const hogql::Expr *operand = nullptr;
    std::size_t position = 0; // in order of writing
    std::size_t limit = 0;    // what it may see itself: the aliases before its SELECT item
    bool active = false;      // being compiled now: the name means the column
};

/// A table that WITH names.
struct CommonTable {
    std::string sqlName;
    std::vector<Output> columns;
};

/// rows made by arrayJoin(x) or ARRAY JOIN.
struct Unfolding {
    std::string alias;
    std::vector<std::string> arrays; // in parallel
    bool keepEmpty = false;
};

/// One item of FROM, ready to be written once it is known which relations are in use.
struct JoinPiece {
    std::string keyword; // " LEFT JOIN "; empty for the first
    const Source *source = nullptr;
    std::string on; // with its keyword; may be empty
    bool any = false; // LEFT ANY: at most one of the rows that fit
};

/// What names mean inside one SELECT.
struct Scope {
    Scope *parent = nullptr; // only WITH is inherited
    const hogql::Select *select = nullptr;
    std::vector<std::unique_ptr<Source>> sources;
    std::vector<JoinPiece> joins;
    std::set<std::string> shared; // columns that USING names: the first source's stands for both
    std::string sampled; // a condition, for SAMPLE
    std::string common;  // tables to stand in WITH before the rows are selected
    std::vector<AliasDefinition> aliases;
    std::map<std::string, CommonTable> commonTables;
    std::map<std::string, const hogql::Expr *> commonValues;
    std::map<std::string, Fragment> arrayColumns; // of ARRAY JOIN

    bool grouped = false;
    std::string groups;                // alias of the grouped rows
    std::vector<Fragment> keys;        // over the plain rows
    std::vector<Fragment> aggregates;  // over the plain rows
    std::vector<Unfolding> rowUnfoldings;
    std::vector<Unfolding> groupUnfoldings;

    Source *findSource(std::string_view name) const;
};

/// `pattern` (one of ours: never text of a query) with `row` in place of each "@".
std::string overRow(std::string_view pattern, std::string_view row);

/// A name as an SQL identifier, and text as an SQL literal. These two and Compilation::bind are the only ways into SQL.
/// `quoteText` is for text without NUL: DuckDB would end the statement there.
std::string quoteName(std::string_view name);
std::string quoteText(std::string_view text);

/// The JSON pointer to a key of an object.
std::string jsonPointer(std::string_view key);

/// The candidate that is most like `name`, when one is like enough.
std::optional<std::string> closest(std::string_view name, const std::vector<std::string> &candidates);

} // namespace localproject
