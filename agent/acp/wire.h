#pragma once

#include "agent/acp/json_view.h"
#include "driver/base/json_fields.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// How ACP's structs are read. The schema asks for two policies (its marks `x-deserialize-default-on-error` and
/// `x-deserialize-skip-invalid-items`): a malformed optional field counts as absent, and a malformed item of an optional list is
/// left out; a required field must be there and be of its type, items included. Every struct of namespace acp that lists its `fields`
/// is read like that. An error names the path: "prompt[2].type: missing".
namespace acp {

/// Marks the structs of this namespace; found by its arguments, never called.
template <typename T>
void readsLeniently(const T &);

template <typename... Alternatives>
struct Tagged;

} // namespace acp

namespace ph {
/// Declared outside acp, so that only the argument's own namespace can supply the mark.
template <typename T>
concept HasLenientFields = HasFields<T> && requires(const T &value) { readsLeniently(value); };
} // namespace ph

namespace acp {

/// A field that may be absent, null or malformed and then keeps the default that the struct gives it. Always written.
template <typename Struct, typename Value>
struct Default {
    const char *key;
    Value Struct::*member;
};
template <typename Struct, typename Value>
Default(const char *, Value Struct::*) -> Default<Struct, Value>;

/// A required field that some peers send under another name. Written as `key`.
template <typename Struct, typename Value>
struct EitherKey {
    const char *key;
    const char *alias;
    Value Struct::*member;
};
template <typename Struct, typename Value>
EitherKey(const char *, const char *, Value Struct::*) -> EitherKey<Struct, Value>;

/// A field that did not read. what() is "path: problem".
class FieldError : public ph::Json::exception
{
public:
    explicit FieldError(const std::string &text)
        : exception(502, text.c_str())
    {
    }
    static FieldError under(const std::string &key, const std::string &inner)
    {
        const bool nested = !inner.empty() && inner.front() != ':';
        return FieldError(key + (nested && inner.front() != '[' ? "." : "") + inner);
    }
};

namespace wire {

template <typename T>
inline constexpr bool isVector = false;
template <typename T>
inline constexpr bool isVector<std::vector<T>> = true;
template <typename T>
inline constexpr bool isId = false;
template <typename Tag>
inline constexpr bool isId<ph::Id<Tag>> = true;
template <typename T>
inline constexpr bool isTagged = false;
template <typename... Alternatives>
inline constexpr bool isTagged<Tagged<Alternatives...>> = true;

/// In tagged.h.
template <typename View, typename... Alternatives>
void readTagged(const View &in, Tagged<Alternatives...> &tagged);
template <typename... Alternatives>
void writeTagged(std::string &out, const Tagged<Alternatives...> &tagged);

template <typename View, typename Struct, template <typename, typename> class F, typename Owner, typename V>
void takeFrom(const View &in, Struct &to, const F<Owner, V> &field);

/// False when `json` is no number (or no bool) that fits into `value`.
template <typename V>
bool readNumber(const ph::Json &json, V &value)
{
    if constexpr (std::is_same_v<V, bool>) {
        if (!json.is_boolean())
            return false;
    } else if constexpr (std::is_integral_v<V>) {
        if (!json.is_number_integer())
            return false;
        if (!(json.is_number_unsigned() ? std::in_range<V>(json.get<std::uint64_t>()) : std::in_range<V>(json.get<std::int64_t>())))
            return false;
    } else if (!json.is_number()) {
        return false;
    }
    json.get_to(value);
    return true;
}

template <typename View>
[[noreturn]] void expected(const char *what, const View &found)
{
    throw FieldError(std::string(": expected ") + what + ", got " + found.typeName());
}

/// Reads one required value from a JsonView or a TreeView. Throws a FieldError whose text starts at the value itself (": expected …",
/// ".key…", "[2]…").
template <typename View, typename V>
void read(const View &in, V &value)
{
    if constexpr (std::is_same_v<V, ph::Json>) {
        value = in.tree();
    } else if constexpr (isVector<V>) {
        if (!in.isList())
            expected("a list", in);
        value.clear();
        for (const View &item : in.items()) {
            try {
                read(item, value.emplace_back());
            } catch (const FieldError &e) {
                throw FieldError::under("[" + std::to_string(value.size() - 1) + "]", e.what());
            }
        }
    } else if constexpr (isId<V>) {
        read(in, value.value);
    } else if constexpr (std::is_same_v<V, std::string>) {
        if (!in.isText())
            expected("a string", in);
        value = in.text();
    } else if constexpr (std::is_arithmetic_v<V>) {
        if (in.isObject() || in.isList() || !readNumber(in.tree(), value))
            expected(std::is_same_v<V, bool> ? "true or false" : std::is_integral_v<V> ? "a whole number" : "a number", in);
    } else if constexpr (ph::HasLenientFields<V>) {
        if (!in.isObject())
            expected("an object", in);
        std::apply([&](const auto &...field) { (takeFrom(in, value, field), ...); }, V::fields);
    } else if constexpr (isTagged<V>) {
        readTagged(in, value);
    } else {
        in.tree().get_to(value);
    }
}

/// Reads an optional value: false when it does not read. Items of a list that do not read are left out.
template <typename View, typename V>
bool tryRead(const View &in, V &value)
{
    try {
        if constexpr (isVector<V>) {
            if (!in.isList())
                return false;
            value.clear();
            for (const View &item : in.items()) {
                if (typename V::value_type element; tryRead(item, element))
                    value.push_back(std::move(element));
            }
        } else {
            V fresh{};
            read(in, fresh);
            value = std::move(fresh);
        }
        return true;
    } catch (const ph::Json::exception &) {
        return false;
    }
}

template <typename Struct, typename V>
void put(ph::Json &out, const Struct &from, const ph::Field<Struct, V> &field)
{
    if constexpr (ph::isOptional<V>) {
        if (from.*field.member)
            out[field.key] = *(from.*field.member);
    } else {
        out[field.key] = from.*field.member;
    }
}
template <typename Struct, typename V>
void put(ph::Json &out, const Struct &from, const Default<Struct, V> &field) { out[field.key] = from.*field.member; }
template <typename Struct, typename V>
void put(ph::Json &out, const Struct &from, const EitherKey<Struct, V> &field) { out[field.key] = from.*field.member; }

template <typename View, typename V>
void takeRequired(const View &in, const char *key, const char *alias, V &value)
{
    auto found = in.find(key);
    if (!found && alias)
        found = in.find(alias);
    if (!found)
        throw FieldError(std::string(key) + ": missing");
    try {
        read(*found, value);
    } catch (const FieldError &e) {
        throw FieldError::under(key, e.what());
    }
}
template <typename View, typename Struct, typename V>
void take(const View &in, Struct &to, const ph::Field<Struct, V> &field)
{
    if constexpr (ph::isOptional<V>) {
        const auto found = in.find(field.key);
        if (!found || found->isNull() || (std::string_view(field.key) == "_meta" && !found->isObject()))
            return;
        if (typename V::value_type value{}; tryRead(*found, value))
            to.*field.member = std::move(value);
    } else {
        takeRequired(in, field.key, nullptr, to.*field.member);
    }
}
template <typename View, typename Struct, typename V>
void take(const View &in, Struct &to, const Default<Struct, V> &field)
{
    if (const auto found = in.find(field.key); found && !found->isNull())
        tryRead(*found, to.*field.member);
}
template <typename View, typename Struct, typename V>
void take(const View &in, Struct &to, const EitherKey<Struct, V> &field)
{
    takeRequired(in, field.key, field.alias, to.*field.member);
}

/// A field of a base class (`MessageChunk::content` of an AgentMessageChunk) is taken from the base.
template <typename View, typename Struct, template <typename, typename> class F, typename Owner, typename V>
void takeFrom(const View &in, Struct &to, const F<Owner, V> &field) { take(in, static_cast<Owner &>(to), field); }
template <typename Struct, template <typename, typename> class F, typename Owner, typename V>
void putTo(ph::Json &out, const Struct &from, const F<Owner, V> &field) { put(out, static_cast<const Owner &>(from), field); }

// Writing to the text of a line, without a ph::Json between. The text reads as what ph::Json(value) dumps; members come in the order of
// `fields`.

/// In quotes, escaped. Bytes that are no UTF-8 are replaced rather than lose the message.
void writeText(std::string &out, std::string_view text);
void writeJson(std::string &out, const ph::Json &json);

template <typename V>
void write(std::string &out, const V &value);

template <typename Struct, template <typename, typename> class F, typename Owner, typename V>
void writeMember(std::string &out, char &separator, const Struct &from, const F<Owner, V> &field)
{
    const V &value = static_cast<const Owner &>(from).*field.member;
    if constexpr (ph::isOptional<V>) {
        if (!value)
            return;
    }
    out += separator;
    separator = ',';
    out += '"';
    out += field.key;
    out += "\":";
    if constexpr (ph::isOptional<V>)
        write(out, *value);
    else
        write(out, value);
}

/// `separator` is what stands before the first member: '{', or ',' after members that are there.
template <ph::HasLenientFields Struct>
void writeMembers(std::string &out, char separator, const Struct &from)
{
    std::apply([&](const auto &...field) { (writeMember(out, separator, from, field), ...); }, Struct::fields);
    out += separator == '{' ? "{}" : "}";
}

template <typename V>
void write(std::string &out, const V &value)
{
    if constexpr (std::is_same_v<V, ph::Json>) {
        writeJson(out, value);
    } else if constexpr (isVector<V>) {
        out += '[';
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (i > 0)
                out += ',';
            write(out, value[i]);
        }
        out += ']';
    } else if constexpr (isId<V>) {
        writeText(out, value.value);
    } else if constexpr (std::is_convertible_v<V, std::string_view>) {
        writeText(out, value);
    } else if constexpr (std::is_same_v<V, bool>) {
        out += value ? "true" : "false";
    } else if constexpr (std::is_integral_v<V>) {
        out += std::to_string(value);
    } else if constexpr (ph::HasLenientFields<V>) {
        writeMembers(out, '{', value);
    } else if constexpr (isTagged<V>) {
        writeTagged(out, value);
    } else {
        writeJson(out, ph::Json(value));
    }
}

template <typename V>
std::string textOf(const V &value)
{
    std::string text;
    write(text, value);
    return text;
}

} // namespace wire

/// Reads `json` as a `T`. Error: InvalidInput, with the key that was missing or of another type.
template <typename T>
ph::Result<T> parse(const JsonView &json)
{
    try {
        T value{};
        wire::read(json, value);
        return value;
    } catch (const ph::Json::exception &e) {
        return ph::fail(ph::ErrorCode::InvalidInput, e.what());
    }
}

} // namespace acp

template <ph::HasLenientFields T>
struct nlohmann::adl_serializer<T, void> {
    static void to_json(ph::Json &out, const T &value)
    {
        out = ph::Json::object();
        std::apply([&](const auto &...field) { (acp::wire::putTo(out, value, field), ...); }, T::fields);
    }
    static void from_json(const ph::Json &in, T &value)
    {
        acp::wire::read(acp::TreeView(in), value);
    }
};
