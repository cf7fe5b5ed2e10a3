#pragma once

#include "driver/localproject/insights/insights.h"

#include <initializer_list>
#include <set>

namespace localproject::insights {

/// A problem on its way out of the module; answer() catches it. It never leaves this folder.
struct Refusal {
    Problem problem;
};

[[noreturn]] void refuse(std::string code, std::string detail, std::string attribute);

/// One object of a query, read field by field. PostHog takes no fields that it does not know, and says which field is wrong; so does this.
/// A field that is null counts as one that is not there.
class Node
{
public:
    /// `path` is how messages call it: "query.series.0".
    Node(const ph::Json &json, std::string path);

    const std::string &path() const { return m_path; }
    std::string pathOf(std::string_view key) const { return m_path + "." + std::string(key); }
    const ph::Json &json() const { return m_json; }

    bool has(const char *key);
    /// The member as it is; null when it is not there.
    const ph::Json &raw(const char *key);

    std::optional<std::string> text(const char *key);
    std::optional<std::int64_t> integer(const char *key, std::int64_t least, std::int64_t most);
    std::optional<double> number(const char *key);
    bool flag(const char *key, bool otherwise = false);
    std::string choice(const char *key, std::initializer_list<std::string_view> choices, std::string_view otherwise);
    std::optional<std::vector<std::string>> texts(const char *key);

    /// The member as a node; absent when it is not there.
    std::optional<Node> node(const char *key);
    /// The members of a list as nodes; empty when it is not there.
    std::vector<Node> nodes(const char *key);

    std::string requiredText(const char *key);
    Node requiredNode(const char *key);

    /// Members that PostHog knows and that change nothing here.
    void ignore(std::initializer_list<const char *> keys);
    /// Refuses members that nobody has asked for.
    void finish() const;

    [[noreturn]] void refuseField(std::string_view key, const std::string &detail) const;

private:
    const ph::Json *at(const char *key);

    const ph::Json &m_json;
    std::string m_path;
    std::set<std::string, std::less<>> m_known;
};

/// What every query node may carry and nothing here depends on.
void ignoreCommon(Node &node);

} // namespace localproject::insights
