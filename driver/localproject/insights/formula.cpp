#include "driver/localproject/insights/formula.h"

#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

namespace localproject::insights {

struct Formula::Node {
    char kind = '0'; // '0' a number, 'a' a series, '_' minus, + - * / % ^
    double number = 0;
    char series = 0;
    std::unique_ptr<Node> left;
    std::unique_ptr<Node> right;

    double value(const std::map<char, double> &values) const
    {
        switch (kind) {
        case '0': return number;
        case 'a': {
            const auto found = values.find(series);
            return found == values.end() ? 0 : found->second;
        }
        case '_': return -left->value(values);
        default: break;
        }
        const double a = left->value(values);
        const double b = right->value(values);
        double result = 0;
        switch (kind) {
        case '+': result = a + b; break;
        case '-': result = a - b; break;
        case '*': result = a * b; break;
        case '/': result = b == 0 ? 0 : a / b; break;
        case '%': result = b == 0 ? 0 : a - b * std::floor(a / b); break;
        default: result = std::pow(a, b); break;
        }
        return std::isfinite(result) ? result : 0;
    }
};

/// Recursive descent: sum, product, sign, power, atom.
class FormulaParser
{
public:
    using NodePtr = std::unique_ptr<Formula::Node>;

    FormulaParser(std::string_view text, std::size_t series)
        : m_text(text)
        , m_series(series)
    {
    }

    tl::expected<Formula, std::string> parse()
    {
        NodePtr root = sum();
        if (root && !peek().empty())
            fail("\"" + std::string(peek()) + "\" is not expected at the end of the formula.");
        if (m_problem)
            return tl::unexpected(*m_problem);
        return Formula(std::move(root));
    }

private:
    std::string_view peek()
    {
        while (m_at < m_text.size() && std::isspace(static_cast<unsigned char>(m_text[m_at])))
            ++m_at;
        return m_text.substr(m_at, m_text.substr(m_at).starts_with("**") ? 2 : 1);
    }
    void take() { m_at += peek().size(); }
    NodePtr fail(std::string problem)
    {
        if (!m_problem)
            m_problem = std::move(problem);
        return nullptr;
    }
    NodePtr join(char kind, NodePtr left, NodePtr right)
    {
        if (!left || !right)
            return nullptr;
        auto node = std::make_unique<Formula::Node>();
        node->kind = kind;
        node->left = std::move(left);
        node->right = std::move(right);
        return node;
    }

    NodePtr sum()
    {
        NodePtr left = product();
        while (left && (peek() == "+" || peek() == "-")) {
            const char kind = peek()[0];
            take();
            left = join(kind, std::move(left), product());
        }
        return left;
    }
    NodePtr product()
    {
        NodePtr left = sign();
        while (left && (peek() == "*" || peek() == "/" || peek() == "%")) {
            const char kind = peek()[0];
            take();
            left = join(kind, std::move(left), sign());
        }
        return left;
    }
    NodePtr sign()
    {
        if (++m_depth > 200)
            return fail("The formula is nested too deeply.");
        NodePtr node;
        if (peek() == "-") {
            take();
            node = std::make_unique<Formula::Node>();
            node->kind = '_';
            node->left = sign();
            if (!node->left)
                node = nullptr;
        } else if (peek() == "+") {
            take();
            node = sign();
        } else {
            node = atom();
            if (node && (peek() == "**" || peek() == "^")) {
                take();
                node = join('^', std::move(node), sign());
            }
        }
        --m_depth;
        return node;
    }
    NodePtr atom()
    {
        const std::string_view next = peek();
        if (next == "(") {
            take();
            NodePtr inner = sum();
            if (inner && peek() != ")")
                return fail("A bracket of the formula is not closed.");
            take();
            return inner;
        }
        auto node = std::make_unique<Formula::Node>();
        if (!next.empty() && (std::isdigit(static_cast<unsigned char>(next[0])) || next[0] == '.')) {
            const auto [end, error] = std::from_chars(m_text.data() + m_at, m_text.data() + m_text.size(), node->number);
            if (error != std::errc())
                return fail("There is a number in the formula that cannot be read.");
            m_at = static_cast<std::size_t>(end - m_text.data());
            return node;
        }
        if (!next.empty() && std::isalpha(static_cast<unsigned char>(next[0]))) {
            node->kind = 'a';
            node->series = static_cast<char>(std::toupper(static_cast<unsigned char>(next[0])));
            if (static_cast<std::size_t>(node->series - 'A') >= m_series)
                return fail(std::string("There is no series ") + node->series + ".");
            take();
            return node;
        }
        return fail(next.empty() ? "The formula ends too early." : "\"" + std::string(next) + "\" cannot stand there in a formula.");
    }

    std::string_view m_text;
    std::size_t m_series;
    std::size_t m_at = 0;
    int m_depth = 0;
    std::optional<std::string> m_problem;
};

Formula::Formula(std::unique_ptr<Node> root)
    : m_root(std::move(root))
{
}
Formula::Formula(Formula &&) noexcept = default;
Formula &Formula::operator=(Formula &&) noexcept = default;
Formula::~Formula() = default;

tl::expected<Formula, std::string> Formula::parse(std::string_view text, std::size_t series) { return FormulaParser(text, series).parse(); }

double Formula::operator()(const std::map<char, double> &values) const { return m_root->value(values); }

} // namespace localproject::insights
