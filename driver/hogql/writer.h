#pragma once

#include "driver/hogql/printer.h"

namespace hogql {

/// How tightly an expression holds together, loosest first. The same order as in the parser.
enum Level {
    AliasLevel,
    LambdaLevel,
    TernaryLevel,
    OrLevel,
    AndLevel,
    NotLevel,
    BetweenLevel,
    CoalesceLevel,
    CompareLevel,
    AddLevel,
    MultiplyLevel,
    UnaryLevel,
    PrimaryLevel
};

/// `name` as an identifier behind a dot, or of a function: no keyword is in the way there.
std::string quotePart(std::string_view name);
std::string backticked(std::string_view name);
/// `text` with HogQL's escapes, to stand between two `quote`.
std::string escaped(std::string_view text, char quote);
bool isPlainWord(std::string_view name);
/// `text` in brackets when it begins with that word, which would be taken for a keyword there.
std::string apart(std::string_view keyword, const std::string &text);
/// Digits that may stand behind a dot: the 1 of tuple.1.
bool isIndexPart(std::string_view part);

/// Writes a tree as text. With a line width of zero everything stands on one line; otherwise clauses begin lines and what
/// does not fit is broken at its commas.
class Writer
{
public:
    /// `comments`: the places in the source where comments stand, rising; what holds one is not put on one line.
    explicit Writer(std::size_t width, std::vector<std::size_t> comments = {})
        : m_width(width)
        , m_comments(std::move(comments))
    {
    }
    std::string select(const Select &select, int indent) const;
    /// `expression` where something at least as tight as `level` is needed.
    std::string expression(const Expr &node, Level level, int indent) const;

private:
    bool pretty() const { return m_width > 0; }
    std::string separator(int indent) const;
    bool fits(const std::string &text, int indent) const;
    bool hasComment(std::size_t from, std::size_t to) const;
    /// The items on one line, when that is short enough and nothing among them needs lines of its own.
    std::optional<std::string> oneLine(const std::vector<ExprPtr> &list, int indent) const;
    std::optional<std::string> oneLine(const Expr &node, Level level, int indent) const;
    static std::string name(const std::string &text) { return quoteIdentifier(text); }
    static std::string dotted(const std::string &parts);
    static std::string names(const std::vector<std::string> &list)
    {
        std::string out;
        for (const std::string &item : list)
            out += (out.empty() ? "" : ", ") + name(item);
        return out;
    }
    std::string nested(const Select &inner, int indent) const;
    std::string commonTable(const Cte &cte, int indent) const;
    std::string set(const Select &set, int indent) const;
    std::string plain(const Select &select, int indent) const;
    /// What follows the tables.
    std::string clauses(const Select &select, int indent) const;
    std::string orderAndLimit(const Select &select, int indent) const;
    std::string groupingSets(const Select &select, int indent) const;
    /// A space and the items on one line, or each on a line of its own.
    std::string items(const std::vector<ExprPtr> &list, int indent, bool tight) const;
    std::string itemsAfterBracket(const std::vector<ExprPtr> &list, int indent) const;
    std::string condition(const char *word, const ExprPtr &node, int indent) const;
    /// `beforeOffset`: the OFFSET of the SELECT comes next.
    std::string join(const Join &join, bool first, bool beforeOffset, int indent) const;
    std::string table(const TableRef &table, int indent) const;
    std::string tableCore(const TableRef &table, int indent) const;
    std::string turned(const TableRef &table, int indent) const;
    std::string list(const std::vector<ExprPtr> &items, int indent) const;
    /// One of several items. `a, x -> 1` is read as one lambda of a and x, so a lambda behind a plain name gets brackets.
    std::string item(const std::vector<ExprPtr> &items, std::size_t i, int indent) const;
    std::string orders(const std::vector<OrderBy> &list, int indent) const;
    std::string window(const Window &window, int indent) const;
    std::string bound(const FrameBound &bound, int indent) const;
    std::string bare(const Expr &node, int indent) const;
    std::string brokenCall(const Call &call, const std::string &head, int indent) const;
    std::string brokenCase(const Case &choice, int indent) const;
    std::string brokenChain(const Binary &binary, int indent) const;
    /// f(SELECT …): the one argument of a call, written without brackets of its own.
    static bool isOnlySubquery(const Call &call);
    std::string write(const Constant &constant, int) const;
    std::string write(const Field &field, int) const;
    std::string write(const Asterisk &all, int) const;
    std::string write(const Placeholder &placeholder, int indent) const;
    std::string write(const Unary &unary, int indent) const;
    std::string write(const Binary &binary, int indent) const;
    std::string write(const IsNull &test, int indent) const;
    std::string write(const Between &between, int indent) const;
    std::string write(const Call &call, int indent) const;
    std::string write(const Apply &apply, int indent) const;
    std::string write(const Spread &spread, int indent) const;
    std::string write(const Case &choice, int indent) const;
    std::string write(const Lambda &lambda, int indent) const;
    std::string write(const Array &array, int indent) const { return "[" + list(array.items, indent) + "]"; }
    std::string write(const Tuple &tuple, int indent) const;
    std::string write(const Dict &dict, int indent) const;
    std::string write(const Index &index, int indent) const;
    std::string write(const Slice &slice, int indent) const;
    std::string write(const Access &access, int indent) const;
    std::string write(const Interval &interval, int indent) const;
    std::string write(const Cast &cast, int indent) const;
    std::string write(const Alias &alias, int indent) const;
    std::string write(const Subquery &query, int indent) const;
    std::string write(const TemplateString &text, int indent) const;
    std::string write(const Tag &tag, int indent) const;

    std::size_t m_width;
    std::vector<std::size_t> m_comments;
};

} // namespace hogql
