#pragma once

#include "driver/base/json_fields.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acp {

/// Deeper JSON is refused before it is read: nothing in ACP comes near it, and copying it recurses.
inline constexpr int maximumDepth = 128;

/// One value of a line that a LineParser has read, looked at where it stands: nothing is built of what nobody asks for. Valid until that
/// parser reads its next line. Of a key that stands twice in an object the last counts, as in a ph::Json.
class JsonView
{
public:
    static JsonView emptyObject(); // valid for ever
    static JsonView null();        // likewise

    bool isObject() const;
    bool isList() const;
    bool isText() const;
    bool isNull() const;
    /// As ph::Json names it: "object", "array", "string", "number", "boolean", "null".
    const char *typeName() const;

    std::string_view text() const;                          // of a text, its escapes resolved; else ""
    std::optional<JsonView> find(std::string_view key) const; // nothing when there is none, or this is no object
    std::vector<JsonView> items() const;                    // of a list; else none
    /// A copy, equal to what ph::Json::parse() makes of the same text.
    ph::Json tree() const;

private:
    friend class LineParser;
    friend struct ViewAccess; // what simdjson calls this value, in json_view.cpp

    std::array<std::uint64_t, 2> m_place{};
};

/// A ph::Json with the same questions, so that the structs of ACP are read in one way from both.
class TreeView
{
public:
    explicit TreeView(const ph::Json &json)
        : m_json(&json)
    {
    }

    bool isObject() const { return m_json->is_object(); }
    bool isList() const { return m_json->is_array(); }
    bool isText() const { return m_json->is_string(); }
    bool isNull() const { return m_json->is_null(); }
    const char *typeName() const { return m_json->type_name(); }

    std::string_view text() const { return isText() ? std::string_view(m_json->get_ref<const std::string &>()) : std::string_view(); }
    std::optional<TreeView> find(const char *key) const
    {
        const auto found = m_json->find(key);
        return found == m_json->end() ? std::nullopt : std::optional(TreeView(*found));
    }
    std::vector<TreeView> items() const { return isList() ? std::vector<TreeView>(m_json->begin(), m_json->end()) : std::vector<TreeView>(); }
    const ph::Json &tree() const { return *m_json; }

private:
    const ph::Json *m_json;
};

/// Reads lines of JSON, one after another, into the same memory. It takes and refuses the same lines as ph::Json::parse(), but for those
/// nested deeper than maximumDepth. One thread at a time.
class LineParser
{
public:
    enum class Problem { NotJson, NestedTooDeep };

    LineParser();
    ~LineParser();

    tl::expected<JsonView, Problem> read(std::string_view line);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace acp
