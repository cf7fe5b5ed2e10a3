#pragma once

#include "driver/base/json_fields.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

/// How ACP's structs are read. The schema asks for two policies (its marks `x-deserialize-default-on-error` and
/// `x-deserialize-skip-invalid-items`): a malformed optional field counts as absent, and a malformed item of an optional list is
/// left out; a required field must be there and be of its type, items included. Every struct of namespace acp that lists its `fields`
/// is read like that. An error names the path: "prompt[2].type: missing".
namespace acp {

/// Marks the structs of this namespace; found by its arguments, never called.
template <typename T>
void readsLeniently(const T &);

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

[[noreturn]] inline void expected(const char *what, const ph::Json &found)
{
    throw FieldError(std::string(": expected ") + what + ", got " + found.type_name());
}

/// Reads one required value. Throws a FieldError whose text starts at the value itself (": expected …", ".key…", "[2]…").
template <typename V>
void read(const ph::Json &in, V &value)
{
    if constexpr (std::is_same_v<V, ph::Json>) {
        value = in;
    } else if constexpr (isVector<V>) {
        if (!in.is_array())
            expected("a list", in);
        value.clear();
        for (std::size_t i = 0; i < in.size(); ++i) {
            try {
                read(in[i], value.emplace_back());
            } catch (const FieldError &e) {
                throw FieldError::under("[" + std::to_string(i) + "]", e.what());
            }
        }
    } else if constexpr (isId<V>) {
        if (!in.is_string())
            expected("a string", in);
        in.get_to(value.value);
    } else if constexpr (std::is_same_v<V, std::string>) {
        if (!in.is_string())
            expected("a string", in);
        in.get_to(value);
    } else if constexpr (std::is_same_v<V, bool>) {
        if (!in.is_boolean())
            expected("true or false", in);
        in.get_to(value);
    } else if constexpr (std::is_integral_v<V>) {
        if (!in.is_number_integer() || (in.is_number_unsigned() && in.get<std::uint64_t>() > std::uint64_t(std::numeric_limits<V>::max()))
            || (!in.is_number_unsigned() && in.get<std::int64_t>() < std::int64_t(std::numeric_limits<V>::min())))
            expected("a whole number", in);
        in.get_to(value);
    } else if constexpr (std::is_floating_point_v<V>) {
        if (!in.is_number())
            expected("a number", in);
        in.get_to(value);
    } else {
        in.get_to(value);
    }
}

/// Reads an optional value: false when it does not read. Items of a list that do not read are left out.
template <typename V>
bool tryRead(const ph::Json &in, V &value)
{
    try {
        if constexpr (isVector<V>) {
            if (!in.is_array())
                return false;
            value.clear();
            for (const auto &item : in) {
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

template <typename V>
void takeRequired(const ph::Json &in, const char *key, const char *alias, V &value)
{
    auto found = in.find(key);
    if (found == in.end() && alias)
        found = in.find(alias);
    if (found == in.end())
        throw FieldError(std::string(key) + ": missing");
    try {
        read(*found, value);
    } catch (const FieldError &e) {
        throw FieldError::under(key, e.what());
    }
}
template <typename Struct, typename V>
void take(const ph::Json &in, Struct &to, const ph::Field<Struct, V> &field)
{
    if constexpr (ph::isOptional<V>) {
        const auto found = in.find(field.key);
        if (found == in.end() || found->is_null() || (std::string_view(field.key) == "_meta" && !found->is_object()))
            return;
        if (typename V::value_type value{}; tryRead(*found, value))
            to.*field.member = std::move(value);
    } else {
        takeRequired(in, field.key, nullptr, to.*field.member);
    }
}
template <typename Struct, typename V>
void take(const ph::Json &in, Struct &to, const Default<Struct, V> &field)
{
    if (const auto found = in.find(field.key); found != in.end() && !found->is_null())
        tryRead(*found, to.*field.member);
}
template <typename Struct, typename V>
void take(const ph::Json &in, Struct &to, const EitherKey<Struct, V> &field)
{
    takeRequired(in, field.key, field.alias, to.*field.member);
}

/// A field of a base class (`MessageChunk::content` of an AgentMessageChunk) is taken from the base.
template <typename Struct, template <typename, typename> class F, typename Owner, typename V>
void takeFrom(const ph::Json &in, Struct &to, const F<Owner, V> &field) { take(in, static_cast<Owner &>(to), field); }
template <typename Struct, template <typename, typename> class F, typename Owner, typename V>
void putTo(ph::Json &out, const Struct &from, const F<Owner, V> &field) { put(out, static_cast<const Owner &>(from), field); }

} // namespace wire
} // namespace acp

namespace ph {
/// Declared outside acp, so that only the argument's own namespace can supply the mark.
template <typename T>
concept HasLenientFields = HasFields<T> && requires(const T &value) { readsLeniently(value); };
} // namespace ph

template <ph::HasLenientFields T>
struct nlohmann::adl_serializer<T, void> {
    static void to_json(ph::Json &out, const T &value)
    {
        out = ph::Json::object();
        std::apply([&](const auto &...field) { (acp::wire::putTo(out, value, field), ...); }, T::fields);
    }
    static void from_json(const ph::Json &in, T &value)
    {
        if (!in.is_object())
            acp::wire::expected("an object", in);
        std::apply([&](const auto &...field) { (acp::wire::takeFrom(in, value, field), ...); }, T::fields);
    }
};
