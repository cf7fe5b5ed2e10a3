#include "driver/localproject/insights/reader.h"

namespace localproject::insights {

void refuse(std::string code, std::string detail, std::string attribute)
{
    throw Refusal{{std::move(code), std::move(detail), std::move(attribute), std::nullopt}};
}

Node::Node(const ph::Json &json, std::string path)
    : m_json(json)
    , m_path(std::move(path))
{
    if (!json.is_object())
        refuse("invalid_input", "This must be an object.", m_path);
}

const ph::Json *Node::at(const char *key)
{
    m_known.insert(key);
    const auto found = m_json.find(key);
    return found == m_json.end() || found->is_null() ? nullptr : &*found;
}

void Node::refuseField(std::string_view key, const std::string &detail) const { refuse("invalid_input", detail, pathOf(key)); }

bool Node::has(const char *key) { return at(key) != nullptr; }

const ph::Json &Node::raw(const char *key)
{
    static const ph::Json null;
    const ph::Json *value = at(key);
    return value ? *value : null;
}

std::optional<std::string> Node::text(const char *key)
{
    const ph::Json *value = at(key);
    if (!value)
        return std::nullopt;
    if (!value->is_string())
        refuseField(key, "This must be text.");
    return value->get<std::string>();
}

std::optional<std::int64_t> Node::integer(const char *key, std::int64_t least, std::int64_t most)
{
    const ph::Json *value = at(key);
    if (!value)
        return std::nullopt;
    const bool whole = value->is_number_integer()
        || (value->is_number_float() && value->get<double>() > -1e15 && value->get<double>() < 1e15
            && value->get<double>() == static_cast<double>(static_cast<std::int64_t>(value->get<double>())));
    const bool tooLarge = value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
    if (!whole || tooLarge)
        refuseField(key, "This must be a whole number.");
    const auto number = value->is_number_float() ? static_cast<std::int64_t>(value->get<double>()) : value->get<std::int64_t>();
    if (number < least || number > most)
        refuseField(key, "This must be between " + std::to_string(least) + " and " + std::to_string(most) + ".");
    return number;
}

std::optional<double> Node::number(const char *key)
{
    const ph::Json *value = at(key);
    if (!value)
        return std::nullopt;
    if (!value->is_number())
        refuseField(key, "This must be a number.");
    return value->get<double>();
}

bool Node::flag(const char *key, bool otherwise)
{
    const ph::Json *value = at(key);
    if (!value)
        return otherwise;
    if (!value->is_boolean())
        refuseField(key, "This must be true or false.");
    return value->get<bool>();
}

std::string Node::choice(const char *key, std::initializer_list<std::string_view> choices, std::string_view otherwise)
{
    const auto value = text(key);
    if (!value)
        return std::string(otherwise);
    std::string list;
    for (const std::string_view one : choices) {
        if (one == *value)
            return *value;
        list += (list.empty() ? "" : ", ") + std::string(one);
    }
    refuseField(key, "\"" + *value + "\" is not a valid choice. It must be one of " + list + ".");
}

std::optional<std::vector<std::string>> Node::texts(const char *key)
{
    const ph::Json *value = at(key);
    if (!value)
        return std::nullopt;
    if (!value->is_array())
        refuseField(key, "This must be a list of texts.");
    std::vector<std::string> list;
    for (std::size_t i = 0; i < value->size(); ++i) {
        if (!(*value)[i].is_string())
            refuse("invalid_input", "This must be text.", pathOf(key) + "." + std::to_string(i));
        list.push_back((*value)[i].get<std::string>());
    }
    return list;
}

std::optional<Node> Node::node(const char *key)
{
    const ph::Json *value = at(key);
    return value ? std::optional<Node>(Node(*value, pathOf(key))) : std::nullopt;
}

std::vector<Node> Node::nodes(const char *key)
{
    std::vector<Node> list;
    const ph::Json *value = at(key);
    if (!value)
        return list;
    if (!value->is_array())
        refuseField(key, "This must be a list.");
    for (std::size_t i = 0; i < value->size(); ++i)
        list.emplace_back((*value)[i], pathOf(key) + "." + std::to_string(i));
    return list;
}

std::string Node::requiredText(const char *key)
{
    auto value = text(key);
    if (!value)
        refuse("required", "This field is required.", pathOf(key));
    return std::move(*value);
}

Node Node::requiredNode(const char *key)
{
    auto value = node(key);
    if (!value)
        refuse("required", "This field is required.", pathOf(key));
    return *value;
}

void Node::ignore(std::initializer_list<const char *> keys)
{
    for (const char *key : keys)
        m_known.insert(key);
}

void Node::finish() const
{
    for (const auto &[key, value] : m_json.items())
        if (!m_known.contains(key))
            refuseField(key, "There is no such field here.");
}

void ignoreCommon(Node &node)
{
    node.ignore({"kind", "response", "modifiers", "tags", "version", "name", "dataColorTheme", "full", "showHeader", "showTable"});
}

} // namespace localproject::insights
