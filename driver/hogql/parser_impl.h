#pragma once

#include "driver/hogql/keywords.h"
#include "driver/hogql/parser.h"

#include <algorithm>
#include <optional>

/// The parser behind parser.h: recursive descent, operators by precedence climbing. For the files of this folder.
namespace hogql {

inline constexpr int maximumNesting = 200;

/// Thrown and caught inside the parser only.
struct ParseFailure {
    SyntaxError error;
};

class Parser
{
public:
    explicit Parser(std::string_view text);

    SelectPtr statement();
    ExprPtr wholeExpression();

private:
    /// How tightly operators bind, loosest first.
    enum Level {
        AliasLevel,
        TernaryLevel,
        OrLevel,
        AndLevel,
        NotLevel,
        BetweenLevel,
        CoalesceLevel,
        CompareLevel,
        AddLevel,
        MultiplyLevel,
        UnaryLevel
    };

    /// Counts one level of nesting for as long as it lives.
    struct Nesting {
        explicit Nesting(Parser &p);
        ~Nesting() { --parser.m_nesting; }
        Parser &parser;
    };

    // Tokens (parser.cpp). Space and comments are left out; there is always an End.
    const Token &peek(std::size_t ahead = 0) const { return m_tokens[std::min(m_at + ahead, m_tokens.size() - 1)]; }
    const Token &take();
    bool atEnd() const { return peek().kind == TokenKind::End; }
    bool isWordAt(std::string_view upper, std::size_t ahead = 0) const;
    bool isSymbolAt(std::string_view symbol, std::size_t ahead = 0) const;
    bool acceptWord(std::string_view upper);
    bool acceptWords(std::string_view first, std::string_view second);
    bool acceptSymbol(std::string_view symbol);
    void expectWord(std::string_view upper);
    void expectSymbol(std::string_view symbol);
    std::size_t startOfNext() const { return peek().span.start; }
    std::size_t endOfLast() const { return m_at == 0 ? 0 : m_tokens[m_at - 1].span.end; }
    std::optional<std::size_t> closingBracket(std::size_t opening) const; // indexes into m_tokens

    // Failing (parser.cpp).
    [[noreturn]] void fail(std::string message, Span span, std::vector<std::string> expected = {}) const;
    [[noreturn]] void fail(std::string message, Span span, std::size_t offset, std::vector<std::string> expected) const;
    std::size_t refusedAt() const;
    [[noreturn]] void failHere(std::string message) const { fail(std::move(message), peek().span); }
    [[noreturn]] void failExpected(const std::string &what, std::vector<std::string> expected = {}) const;
    [[noreturn]] void failAtRest(const std::string &end) const;
    void noteSuspect();
    void refuseForeignStatement() const;
    std::string describe(const Token &token) const;
    std::string describeLast() const;

    // Nodes.
    template <typename Node>
    ExprPtr make(std::size_t start, Node node);
    ExprPtr finish(Expr expr) const;
    SelectPtr finish(Select select, std::size_t start);

    // Expressions (parse_expression.cpp).
    ExprPtr expression(Level level = AliasLevel);
    ExprPtr operators(ExprPtr left, std::size_t start, Level level);
    std::optional<BinaryOp> comparisonOperator();
    ExprPtr isOperator(ExprPtr left, std::size_t start);
    ExprPtr operand();
    ExprPtr primary();
    ExprPtr postfix(ExprPtr base, std::size_t start);
    ExprPtr word();
    ExprPtr name();
    ExprPtr call(std::string functionName, std::size_t start);
    void callArguments(Call &call);
    ExprPtr apply(ExprPtr function, std::size_t start);
    void callSuffix(Call &call);
    ExprPtr caseExpression();
    ExprPtr castCall(bool lenient);
    ExprPtr interval();
    ExprPtr number();
    ExprPtr bracketed();
    ExprPtr braced();
    ExprPtr templateString();
    void addText(std::vector<ExprPtr> &parts, ExprPtr part);
    ExprPtr tag();
    ExprPtr asterisk(std::string table, std::size_t start);
    std::string typeName();
    std::string typeArguments();
    bool implicitAlias(std::string &alias, bool ofTable);
    bool standsAlone(std::size_t ahead) const;
    bool isCaseAhead() const;
    Placeholder placeholder();
    ExprPtr lambda();
    bool isLambdaAhead();
    bool isIntervalAhead() const;
    bool isNameAt(std::size_t ahead) const;
    bool isClauseAt(std::size_t ahead) const;
    bool isSelectAt(std::size_t ahead) const;
    bool isUnitAt(std::size_t ahead) const;
    bool isLiteralAt(std::size_t ahead) const;
    bool closesModulo(std::size_t ahead) const;
    std::vector<ExprPtr> listUntil(const char *closing);
    std::string aliasName();
    std::string identifier(const std::string &what);

    // Windows and orders (parse_window.cpp).
    Window windowBody();
    FrameBound frameBound();
    OrderBy orderItem();
    bool isOrderWordAt(std::size_t ahead) const;
    std::vector<OrderBy> orderList();

    // Selects (parse_select.cpp).
    SelectPtr selectSet();
    std::vector<Cte> withClause();
    Cte cte(bool recursive);
    SelectPtr selectArm();
    SelectPtr bracketedSet();
    void setTail(Select &set, std::size_t start);
    std::optional<SetOp> setOperator();
    SelectPtr plainSelect();
    void selectColumns(Select &select);
    void fromClause(Select &select);
    void joins(Select &select);
    bool joinHead(Join &join);
    void bracketedTables(Select &select, Join join);
    TableRef table();
    void values(TableRef &table);
    bool isValuesAt(std::size_t ahead) const;
    void tableSuffix(TableRef &table);
    void tableAlias(TableRef &table);
    Pivot pivot();
    Unpivot unpivot();
    std::vector<ExprPtr> bracketedList(const char *what);
    bool isTurnAhead() const;
    void groupByClause(Select &select);
    void windowClause(Select &select);
    void limitClauses(Select &select);
    ExprPtr sampleRatio();
    std::vector<ExprPtr> clauseList();
    bool endsList() const;
    bool endsGroupBy(std::size_t ahead) const;

    std::string_view m_text;
    std::vector<Token> m_tokens;
    std::vector<std::size_t> m_partner; // of each bracket token the index of the other one, else 0
    std::size_t m_at = 0;
    std::size_t m_noLambdaBefore = 0; // no lambda starts with the names up to here
    int m_nesting = 0;
    int m_openCases = 0; // CASE … END around the current token
    bool m_hasStrayBrace = false; // a } that nothing opened
    std::optional<std::size_t> m_odd; // the first keyword that was taken for a name
    std::optional<std::size_t> m_suspect; // the token of an unquoted alias that looks like a keyword misspelt
};

template <typename Node>
ExprPtr Parser::make(std::size_t start, Node node)
{
    Expr expr;
    expr.span = {start, endOfLast()};
    expr.node = std::move(node);
    return finish(std::move(expr));
}

} // namespace hogql
