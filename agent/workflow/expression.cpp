#include "agent/workflow/expression.h"

#include "agent/workflow/format.h"
#include "agent/workflow/functions.h"

#include <cmath>
#include <cstdlib>
#include <variant>

namespace workflow {

struct Node {
    enum class Kind { Constant, Name, Member, Index, Call, Lambda, List, Object, Unary, Binary, Conditional } kind = Kind::Constant;
    Value constant;
    std::string name;                        // Name, Member, Call, operator of Unary and Binary
    std::vector<std::shared_ptr<const Node>> children;
    std::vector<std::string> names;          // parameters of a Lambda, keys of an Object
};

namespace {

using NodePtr = std::shared_ptr<const Node>;
constexpr int maximumDepth = 100;

class Parser
{
public:
    explicit Parser(std::string_view text) : m_text(text) {}

    NodePtr parse()
    {
        auto root = conditional();
        skipSpace();
        if (m_at < m_text.size())
            fail("unexpected '" + std::string(m_text.substr(m_at, 12)) + "'");
        return root;
    }

private:
    [[noreturn]] void fail(const std::string &message) const
    {
        throw Fault{message + " at character " + std::to_string(m_at + 1) + " of \"" + std::string(m_text) + "\""};
    }
    void skipSpace()
    {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\n' || m_text[m_at] == '\t' || m_text[m_at] == '\r'))
            ++m_at;
    }
    bool take(std::string_view token)
    {
        skipSpace();
        if (m_text.substr(m_at, token.size()) != token)
            return false;
        m_at += token.size();
        return true;
    }
    static bool isNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
    static bool isNamePart(char c) { return isNameStart(c) || (c >= '0' && c <= '9'); }
    bool takeWord(std::string_view word)
    {
        skipSpace();
        const auto end = m_at + word.size();
        if (m_text.substr(m_at, word.size()) != word || (end < m_text.size() && isNamePart(m_text[end])))
            return false;
        m_at = end;
        return true;
    }
    std::string takeName()
    {
        skipSpace();
        const auto start = m_at;
        if (m_at < m_text.size() && isNameStart(m_text[m_at]))
            while (m_at < m_text.size() && isNamePart(m_text[m_at]))
                ++m_at;
        return std::string(m_text.substr(start, m_at - start));
    }
    void expect(std::string_view token)
    {
        if (!take(token))
            fail("expected '" + std::string(token) + "'");
    }
    static NodePtr make(Node node) { return std::make_shared<const Node>(std::move(node)); }
    static NodePtr binary(std::string op, NodePtr left, NodePtr right)
    {
        return make({Node::Kind::Binary, {}, std::move(op), {std::move(left), std::move(right)}, {}});
    }

    NodePtr conditional()
    {
        if (++m_depth > maximumDepth)
            fail("nested too deeply");
        auto condition = either();
        if (take("?")) {
            auto yes = conditional();
            expect(":");
            auto no = conditional();
            condition = make({Node::Kind::Conditional, {}, {}, {condition, yes, no}, {}});
        }
        --m_depth;
        return condition;
    }
    NodePtr either()
    {
        auto left = both();
        while (takeWord("or"))
            left = binary("or", left, both());
        return left;
    }
    NodePtr both()
    {
        auto left = negation();
        while (takeWord("and"))
            left = binary("and", left, negation());
        return left;
    }
    NodePtr negation()
    {
        if (!takeWord("not"))
            return comparison();
        if (++m_depth > maximumDepth)
            fail("nested too deeply");
        auto node = make({Node::Kind::Unary, {}, "not", {negation()}, {}});
        --m_depth;
        return node;
    }
    NodePtr comparison()
    {
        auto left = sum();
        for (const auto *op : {"==", "!=", "<=", ">=", "<", ">"})
            if (take(op))
                return binary(op, left, sum());
        return left;
    }
    NodePtr sum()
    {
        auto left = product();
        while (true) {
            skipSpace();
            if (take("+"))
                left = binary("+", left, product());
            else if (m_text.substr(m_at, 2) != "->" && take("-"))
                left = binary("-", left, product());
            else
                return left;
        }
    }
    NodePtr product()
    {
        auto left = unary();
        while (true) {
            if (take("*"))
                left = binary("*", left, unary());
            else if (take("/"))
                left = binary("/", left, unary());
            else
                return left;
        }
    }
    NodePtr unary()
    {
        if (!take("-"))
            return postfix();
        if (++m_depth > maximumDepth)
            fail("nested too deeply");
        auto node = make({Node::Kind::Unary, {}, "-", {unary()}, {}});
        --m_depth;
        return node;
    }
    NodePtr postfix()
    {
        auto node = primary();
        while (true) {
            if (take("[")) {
                auto index = conditional();
                expect("]");
                node = make({Node::Kind::Index, {}, {}, {node, index}, {}});
            } else if (take(".")) {
                auto name = takeName();
                if (name.empty())
                    fail("expected a name after '.'");
                node = make({Node::Kind::Member, {}, name, {node}, {}});
            } else {
                return node;
            }
        }
    }
    NodePtr text()
    {
        std::string value;
        while (m_at < m_text.size() && m_text[m_at] != '\'') {
            if (m_text[m_at] == '\\' && m_at + 1 < m_text.size())
                ++m_at;
            value += m_text[m_at++];
        }
        if (m_at >= m_text.size())
            fail("the text is not closed with '");
        ++m_at;
        return make({Node::Kind::Constant, value, {}, {}, {}});
    }
    NodePtr number()
    {
        const std::string rest(m_text.substr(m_at, 40));
        char *end = nullptr;
        const double value = std::strtod(rest.c_str(), &end);
        m_at += static_cast<std::size_t>(end - rest.c_str());
        if (value == std::floor(value) && std::abs(value) < 1e15)
            return make({Node::Kind::Constant, static_cast<std::int64_t>(value), {}, {}, {}});
        return make({Node::Kind::Constant, value, {}, {}, {}});
    }
    /// `x -> body`, or `(x, i) -> body`, or nothing when it is something else.
    NodePtr lambda()
    {
        const auto start = m_at;
        std::vector<std::string> names;
        if (take("(")) {
            do {
                names.push_back(takeName());
            } while (take(","));
            if (!take(")"))
                names.clear();
        } else {
            names.push_back(takeName());
        }
        const bool good = !names.empty() && names.size() <= 2 && !names.front().empty() && !names.back().empty();
        if (!good || !take("->")) {
            m_at = start;
            return nullptr;
        }
        return make({Node::Kind::Lambda, {}, {}, {conditional()}, names});
    }
    NodePtr call(const std::string &name)
    {
        Node node{Node::Kind::Call, {}, name, {}, {}};
        if (!take(")")) {
            do {
                auto argument = lambda();
                node.children.push_back(argument ? argument : conditional());
            } while (take(","));
            expect(")");
        }
        const auto &known = functions();
        const auto found = known.find(name);
        if (found == known.end()) {
            std::vector<std::string> names;
            for (const auto &[each, function] : known)
                names.push_back(each);
            const auto nearest = nearestName(name, names);
            fail("no function '" + name + "'" + (nearest.empty() ? "" : " (did you mean " + nearest + "?)"));
        }
        if (node.children.size() < found->second.least || node.children.size() > found->second.most)
            fail(name + "() takes " + std::to_string(found->second.least)
                 + (found->second.most == found->second.least ? "" : " to " + std::to_string(found->second.most)) + " arguments");
        return make(std::move(node));
    }
    NodePtr primary()
    {
        skipSpace();
        if (m_at >= m_text.size())
            fail("expected a value, found the end");
        const char c = m_text[m_at];
        if (take("'"))
            return text();
        if ((c >= '0' && c <= '9') || (c == '.' && m_at + 1 < m_text.size() && m_text[m_at + 1] >= '0' && m_text[m_at + 1] <= '9'))
            return number();
        if (take("(")) {
            auto inner = conditional();
            expect(")");
            return inner;
        }
        if (take("[")) {
            Node node{Node::Kind::List, {}, {}, {}, {}};
            if (!take("]")) {
                do {
                    node.children.push_back(conditional());
                } while (take(","));
                expect("]");
            }
            return make(std::move(node));
        }
        if (take("{")) {
            Node node{Node::Kind::Object, {}, {}, {}, {}};
            if (!take("}")) {
                do {
                    auto key = takeName();
                    if (key.empty())
                        fail("expected a name");
                    expect(":");
                    node.names.push_back(key);
                    node.children.push_back(conditional());
                } while (take(","));
                expect("}");
            }
            return make(std::move(node));
        }
        const auto name = takeName();
        if (name.empty())
            fail("unexpected '" + std::string(1, c) + "'");
        if (name == "true" || name == "false")
            return make({Node::Kind::Constant, name == "true", {}, {}, {}});
        if (name == "null")
            return make({Node::Kind::Constant, nullptr, {}, {}, {}});
        if (take("("))
            return call(name);
        return make({Node::Kind::Name, {}, name, {}, {}});
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    int m_depth = 0;
};

Value evaluateNode(const Node &node, const Scope &scope);

Value numeric(double value)
{
    if (!std::isfinite(value))
        return nullptr;
    if (value == std::floor(value) && std::abs(value) < 1e15)
        return static_cast<std::int64_t>(value);
    return value;
}

bool sameValue(const Value &left, const Value &right)
{
    if (left.is_number() && right.is_number())
        return left.get<double>() == right.get<double>();
    return left == right;
}

Value evaluateBinary(const Node &node, const Scope &scope)
{
    const auto &op = node.name;
    const auto left = evaluateNode(*node.children[0], scope);
    if (op == "and")
        return isTrue(left) && isTrue(evaluateNode(*node.children[1], scope));
    if (op == "or")
        return isTrue(left) || isTrue(evaluateNode(*node.children[1], scope));
    const auto right = evaluateNode(*node.children[1], scope);
    if (op == "==")
        return sameValue(left, right);
    if (op == "!=")
        return !sameValue(left, right);
    if (op == "+" && (left.is_string() || right.is_string()))
        return toText(left) + toText(right);
    const bool ordering = op[0] == '<' || op[0] == '>';
    if (ordering && left.is_string() && right.is_string()) {
        const int order = left.get_ref<const std::string &>().compare(right.get_ref<const std::string &>());
        return op == "<" ? order < 0 : op == "<=" ? order <= 0 : op == ">" ? order > 0 : order >= 0;
    }
    const auto a = asNumber(left);
    const auto b = asNumber(right);
    if (!a || !b) {
        for (const auto &side : {left, right})
            if (!side.is_null() && !asNumber(side))
                throw Fault{"'" + op + "' takes numbers, not " + side.type_name()};
        return ordering ? Value(false) : Value(nullptr);
    }
    if (op == "<")
        return *a < *b;
    if (op == "<=")
        return *a <= *b;
    if (op == ">")
        return *a > *b;
    if (op == ">=")
        return *a >= *b;
    if (op == "+")
        return numeric(*a + *b);
    if (op == "-")
        return numeric(*a - *b);
    if (op == "*")
        return numeric(*a * *b);
    return *b == 0 ? Value(nullptr) : numeric(*a / *b);
}

Value evaluateCall(const Node &node, const Scope &scope)
{
    Arguments arguments;
    for (const auto &child : node.children) {
        if (child->kind != Node::Kind::Lambda) {
            arguments.push_back({evaluateNode(*child, scope), {}});
            continue;
        }
        arguments.push_back({nullptr, [child, &scope](const Value &item, std::size_t index) {
                                 Scope inner{&scope, {{child->names[0], item}}};
                                 if (child->names.size() > 1)
                                     inner.names[child->names[1]] = index;
                                 return evaluateNode(*child->children[0], inner);
                             }});
    }
    return functions().at(node.name).call(arguments);
}

Value evaluateNode(const Node &node, const Scope &scope)
{
    switch (node.kind) {
    case Node::Kind::Constant:
        return node.constant;
    case Node::Kind::Name: {
        const auto *found = scope.find(node.name);
        if (!found)
            throw Fault{"there is no '" + node.name + "' here"};
        return *found;
    }
    case Node::Kind::Member: {
        const auto object = evaluateNode(*node.children[0], scope);
        if (!object.is_object())
            return nullptr;
        const auto found = object.find(node.name);
        return found == object.end() ? Value(nullptr) : *found;
    }
    case Node::Kind::Index: {
        const auto object = evaluateNode(*node.children[0], scope);
        const auto index = evaluateNode(*node.children[1], scope);
        if (object.is_object() && index.is_string()) {
            const auto found = object.find(index.get<std::string>());
            return found == object.end() ? Value(nullptr) : *found;
        }
        const auto number = asNumber(index);
        if (!object.is_array() || !number)
            return nullptr;
        const auto at = *number < 0 ? *number + static_cast<double>(object.size()) : *number;
        return at >= 0 && at < static_cast<double>(object.size()) ? object[static_cast<std::size_t>(at)] : Value(nullptr);
    }
    case Node::Kind::Call:
        return evaluateCall(node, scope);
    case Node::Kind::Lambda:
        throw Fault{"'->' stands only in a function's arguments"};
    case Node::Kind::List: {
        Value list = Value::array();
        for (const auto &child : node.children)
            list.push_back(evaluateNode(*child, scope));
        return list;
    }
    case Node::Kind::Object: {
        Value object = Value::object();
        for (std::size_t i = 0; i < node.children.size(); ++i)
            object[node.names[i]] = evaluateNode(*node.children[i], scope);
        return object;
    }
    case Node::Kind::Unary: {
        const auto value = evaluateNode(*node.children[0], scope);
        if (node.name == "not")
            return !isTrue(value);
        const auto number = asNumber(value);
        return number ? numeric(-*number) : Value(nullptr);
    }
    case Node::Kind::Binary:
        return evaluateBinary(node, scope);
    case Node::Kind::Conditional:
        return evaluateNode(*node.children[isTrue(evaluateNode(*node.children[0], scope)) ? 1 : 2], scope);
    }
    return nullptr;
}

void collectNames(const Node &node, std::set<std::string> bound, std::set<std::string> &names)
{
    if (node.kind == Node::Kind::Name && !bound.contains(node.name))
        names.insert(node.name);
    if (node.kind == Node::Kind::Lambda)
        bound.insert(node.names.begin(), node.names.end());
    for (const auto &child : node.children)
        collectNames(*child, bound, names);
}

} // namespace

const Value *Scope::find(const std::string &name) const
{
    for (const auto *scope = this; scope; scope = scope->parent) {
        const auto found = scope->names.find(name);
        if (found != scope->names.end())
            return &found->second;
    }
    return nullptr;
}

ph::Result<Expression> Expression::parse(std::string_view text)
{
    try {
        Expression expression;
        expression.m_root = Parser(text).parse();
        return expression;
    } catch (const Fault &fault) {
        return ph::fail(ph::ErrorCode::InvalidInput, fault.message);
    }
}

ph::Result<Value> Expression::evaluate(const Scope &scope) const
{
    try {
        return evaluateNode(*m_root, scope);
    } catch (const Fault &fault) {
        return ph::fail(ph::ErrorCode::InvalidInput, fault.message);
    }
}

std::set<std::string> Expression::freeNames() const
{
    std::set<std::string> names;
    collectNames(*m_root, {}, names);
    return names;
}

ph::Result<Value> evaluate(std::string_view text, const Scope &scope)
{
    const auto expression = Expression::parse(text);
    if (!expression)
        return ph::fail(expression.error());
    auto value = expression->evaluate(scope);
    if (!value)
        return ph::fail(ph::ErrorCode::InvalidInput, value.error().message + " in \"" + std::string(text) + "\"");
    return value;
}

bool isTrue(const Value &value)
{
    if (value.is_boolean())
        return value.get<bool>();
    if (value.is_number())
        return value.get<double>() != 0;
    return !value.is_null() && !(value.is_string() && value.get_ref<const std::string &>().empty()) && !(value.is_structured() && value.empty());
}

std::string toText(const Value &value)
{
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_null())
        return "none";
    if (value.is_number())
        return formatNumber(value.get<double>());
    if (value.is_boolean())
        return value.get<bool>() ? "yes" : "no";
    if (value.is_array()) {
        std::string text;
        for (const auto &item : value)
            text += (text.empty() ? "" : ", ") + toText(item);
        return text;
    }
    return value.dump(-1, ' ', false, Value::error_handler_t::replace);
}

} // namespace workflow
