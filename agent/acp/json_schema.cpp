#include "agent/acp/json_schema.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

namespace acp {
namespace {

using ph::Json;

constexpr std::string_view definitionsRef = "#/$defs/";

const Json *member(const Json &object, const char *key)
{
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

bool isMarked(const Json &schema, const char *mark)
{
    const auto *value = member(schema, mark);
    return value && value->is_boolean() && value->get<bool>();
}

std::string nameOfRef(const std::string &ref) { return ref.substr(definitionsRef.size()); }

/// A value's place, as links on the stack: only a finding makes a text of it.
struct Place {
    const Place *outer;
    const std::string *key; // null: an item of a list
    std::size_t index;
};

std::string escaped(const std::string &key)
{
    std::string out;
    for (const char c : key)
        out += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
    return out;
}

void appendPointer(std::string &out, const Place *place)
{
    if (!place)
        return;
    appendPointer(out, place->outer);
    out += '/';
    out += place->key ? escaped(*place->key) : std::to_string(place->index);
}

bool isWhole(const Json &value)
{
    return value.is_number_integer() || (value.is_number_float() && std::trunc(value.get<double>()) == value.get<double>());
}

bool isOfType(const std::string &type, const Json &value)
{
    if (type == "integer")
        return isWhole(value);
    if (type == "number")
        return value.is_number();
    return type == value.type_name(); // object, array, string, boolean, null: nlohmann's names are the schema's
}

std::string wordFor(const std::string &type)
{
    if (type == "integer")
        return "a whole number";
    if (type == "boolean")
        return "true or false";
    if (type == "array")
        return "a list";
    return type == "null" ? type : (type == "object" ? "an " : "a ") + type;
}

std::string gotWord(const Json &value) { return std::string(", got ") + (value.is_array() ? "a list" : value.type_name()); }

/// A value as a text for a sentence, not longer than one can read.
std::string shortDump(const Json &value)
{
    auto text = value.dump(-1, ' ', true, Json::error_handler_t::replace); // ASCII: cut anywhere
    return text.size() <= 60 ? text : text.substr(0, 57) + "…";
}

/// The member by whose constant a union's branches are told apart; empty: there is none.
std::string tagOf(const Json &branches)
{
    for (const auto &branch : branches) {
        const auto *properties = member(branch, "properties");
        if (!properties || !member(branch, "required"))
            continue;
        for (const auto &[key, property] : properties->items()) {
            if (property.is_object() && property.contains("const"))
                return key;
        }
    }
    return {};
}

/// The constant that a branch asks of the member `tag`; null: it asks for none.
const Json *constantOf(const Json &branch, const std::string &tag)
{
    const auto *properties = member(branch, "properties");
    const auto *property = properties ? member(*properties, tag.c_str()) : nullptr;
    return property && property->is_object() ? member(*property, "const") : nullptr;
}

struct Range {
    std::string_view format;
    double least;
    double most;
};
constexpr std::array ranges = std::to_array<Range>({
    {"uint16", 0, 65535},
    {"int32", -2147483648.0, 2147483647.0},
    {"uint32", 0, 4294967295.0},
    {"uint64", 0, std::numeric_limits<double>::max()},
});

/// One walk of a value along its schema.
class Walk
{
public:
    Walk(const Json &definitions, const std::set<std::string> &openUnions, const std::string &base, std::vector<Finding> &findings)
        : m_definitions(definitions)
        , m_openUnions(openUnions)
        , m_base(base)
        , m_findings(findings)
    {
    }

    void definition(const std::string &name, const Json &value, const Place *at) { check(m_definitions[name], value, at, m_openUnions.contains(name)); }

private:
    void check(const Json &schema, const Json &value, const Place *at, bool isOpen = false)
    {
        if (schema.is_boolean()) {
            if (!schema.get<bool>())
                say(at, "not allowed here");
            return;
        }
        if (const auto *ref = member(schema, "$ref"))
            definition(nameOfRef(ref->get<std::string>()), value, at);
        if (!checkType(schema, value, at))
            return; // What else is said of a value of that type says nothing of this one.
        checkLiteral(schema, value, at);
        if (value.is_number())
            checkNumber(schema, value, at);
        if (value.is_string())
            checkText(schema, value.get_ref<const std::string &>(), at);
        if (value.is_object())
            checkMembers(schema, value, at);
        if (const auto *items = member(schema, "items"); items && value.is_array())
            checkItems(*items, isMarked(schema, "x-deserialize-skip-invalid-items"), value, at);
        if (const auto *all = member(schema, "allOf")) {
            for (const auto &part : *all)
                check(part, value, at);
        }
        for (const char *keyword : {"anyOf", "oneOf"}) {
            if (const auto *branches = member(schema, keyword))
                checkUnion(*branches, value, at, isOpen);
        }
        if (const auto *forbidden = member(schema, "not"); forbidden && isAccepted(*forbidden, value, at))
            say(at, "of a form that is not allowed here");
    }

    bool checkType(const Json &schema, const Json &value, const Place *at)
    {
        const auto *type = member(schema, "type");
        if (!type)
            return true;
        if (type->is_string()) {
            if (isOfType(type->get_ref<const std::string &>(), value))
                return true;
            say(at, "expected " + wordFor(*type) + gotWord(value));
            return false;
        }
        std::string words;
        for (const auto &one : *type) {
            if (isOfType(one.get_ref<const std::string &>(), value))
                return true;
            words += (words.empty() ? "" : " or ") + wordFor(one);
        }
        say(at, "expected " + words + gotWord(value));
        return false;
    }

    void checkLiteral(const Json &schema, const Json &value, const Place *at)
    {
        if (const auto *constant = member(schema, "const"); constant && *constant != value)
            say(at, "expected " + constant->dump() + ", got " + shortDump(value));
        if (const auto *values = member(schema, "enum"); values && std::find(values->begin(), values->end(), value) == values->end())
            sayNoneOf(at, *values, value);
    }

    void checkNumber(const Json &schema, const Json &value, const Place *at)
    {
        const double number = value.get<double>();
        std::optional<double> least;
        std::optional<double> most;
        if (const auto *format = member(schema, "format")) {
            const auto range = std::find_if(ranges.begin(), ranges.end(), [&](const Range &one) { return *format == one.format; });
            if (range != ranges.end()) {
                least = range->least;
                most = range->most;
            }
        }
        if (const auto *minimum = member(schema, "minimum"))
            least = minimum->get<double>();
        if (const auto *maximum = member(schema, "maximum"))
            most = maximum->get<double>();
        if (least && number < *least)
            say(at, shortDump(value) + " is less than " + Json(std::int64_t(*least)).dump());
        else if (most && number > *most)
            say(at, shortDump(value) + " is more than " + Json(std::int64_t(*most)).dump());
    }

    /// Counts characters, which in UTF-8 are the bytes that do not go on with one.
    void checkText(const Json &schema, const std::string &text, const Place *at)
    {
        const auto *least = member(schema, "minLength");
        if (!least)
            return;
        const auto length = std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
        if (length < least->get<std::ptrdiff_t>())
            say(at, *least == 1 ? "must not be empty" : "shorter than " + least->dump() + " characters");
    }

    void checkMembers(const Json &schema, const Json &value, const Place *at)
    {
        const auto *properties = member(schema, "properties");
        if (const auto *required = member(schema, "required")) {
            for (const auto &key : *required) {
                const auto &name = key.get_ref<const std::string &>();
                const Place place{at, &name, 0};
                if (!value.contains(name))
                    say(&place, "missing");
            }
        }
        const auto *others = member(schema, "additionalProperties");
        for (const auto &[key, inner] : value.items()) {
            const Place place{at, &key, 0};
            if (const auto *property = properties ? member(*properties, key.c_str()) : nullptr)
                checkMember(*property, inner, &place);
            else if (others)
                check(*others, inner, &place);
        }
    }

    void checkMember(const Json &schema, const Json &value, const Place *at)
    {
        if (value.is_null() && isMarked(schema, "x-deserialize-default-on-null")) {
            say(at, "null, which counts as an empty list", Finding::Kind::Warning);
            return;
        }
        const auto before = m_findings.size();
        check(schema, value, at);
        if (isMarked(schema, "x-deserialize-default-on-error"))
            soften(before);
    }

    void checkItems(const Json &schema, bool areSkipped, const Json &list, const Place *at)
    {
        const auto before = m_findings.size();
        for (std::size_t i = 0; i < list.size(); ++i) {
            const Place place{at, nullptr, i};
            check(schema, list[i], &place);
        }
        if (areSkipped)
            soften(before);
    }

    void checkUnion(const Json &branches, const Json &value, const Place *at, bool isOpen)
    {
        const auto tag = value.is_object() ? tagOf(branches) : std::string();
        const auto *given = tag.empty() ? nullptr : member(value, tag.c_str());
        std::vector<const Json *> untagged;
        for (const auto &branch : branches) {
            const auto *constant = tag.empty() ? nullptr : constantOf(branch, tag);
            if (constant && given && *constant == *given) {
                check(branch, value, at);
                return;
            }
            if (!constant)
                untagged.push_back(&branch);
        }
        const Place place{at, &tag, 0};
        if (!untagged.empty())
            checkBranches(untagged, value, at);
        else if (!given)
            say(&place, "missing");
        else if (!given->is_string())
            say(&place, "expected a string" + gotWord(*given));
        else
            say(&place, "unknown kind " + shortDump(*given), isOpen ? Finding::Kind::Unknown : Finding::Kind::Problem);
    }

    /// Any branch will do. When none does, the one is reported that came deepest into the value, and of those the one with the least to
    /// say: most likely it was meant.
    void checkBranches(const std::vector<const Json *> &branches, const Json &value, const Place *at)
    {
        std::vector<Finding> best;
        std::ptrdiff_t deepest = 0;
        Json constants = Json::array();
        for (const auto *branch : branches) {
            std::vector<Finding> found;
            Walk(m_definitions, m_openUnions, m_base, found).check(*branch, value, at);
            const auto problem = std::find_if(found.begin(), found.end(), [](const Finding &one) { return one.kind == Finding::Kind::Problem; });
            if (problem == found.end()) {
                m_findings.insert(m_findings.end(), found.begin(), found.end());
                return;
            }
            if (const auto *constant = member(*branch, "const"))
                constants.push_back(*constant);
            const auto depth = std::count(problem->pointer.begin(), problem->pointer.end(), '/');
            if (best.empty() || depth > deepest || (depth == deepest && found.size() < best.size())) {
                deepest = depth;
                best = std::move(found);
            }
        }
        if (constants.size() == branches.size() && !constants.empty() && constants[0].type() == value.type())
            sayNoneOf(at, constants, value);
        else
            m_findings.insert(m_findings.end(), best.begin(), best.end());
    }

    bool isAccepted(const Json &schema, const Json &value, const Place *at) const
    {
        std::vector<Finding> found;
        Walk(m_definitions, m_openUnions, m_base, found).check(schema, value, at);
        return found.empty();
    }

    void soften(std::size_t from)
    {
        for (auto i = from; i < m_findings.size(); ++i) {
            if (m_findings[i].kind == Finding::Kind::Problem)
                m_findings[i].kind = Finding::Kind::Warning;
        }
    }

    void sayNoneOf(const Place *at, const Json &values, const Json &value)
    {
        std::string list;
        for (const auto &one : values)
            list += (list.empty() ? "" : ", ") + one.dump();
        say(at, shortDump(value) + " is none of " + list);
    }

    void say(const Place *at, std::string text, Finding::Kind kind = Finding::Kind::Problem)
    {
        Finding finding{kind, m_base, std::move(text)};
        appendPointer(finding.pointer, at);
        m_findings.push_back(std::move(finding));
    }

    const Json &m_definitions;
    const std::set<std::string> &m_openUnions;
    const std::string &m_base;
    std::vector<Finding> &m_findings;
};

/// Looks whether a schema uses only what Walk knows.
class Review
{
public:
    explicit Review(const Json &definitions)
        : m_definitions(definitions)
    {
    }

    ph::Result<> schema(const Json &schema, const std::string &where) const
    {
        if (schema.is_boolean())
            return {};
        if (!schema.is_object())
            return refuse(where, "is no schema");
        for (const auto &[keyword, value] : schema.items()) {
            auto known = this->keyword(keyword, value, where + "/" + keyword);
            if (!known)
                return known;
        }
        return {};
    }

private:
    static tl::unexpected<ph::Error> refuse(const std::string &where, const std::string &what)
    {
        return ph::fail(ph::ErrorCode::InvalidInput, "The schema's " + where + " " + what + ".");
    }

    ph::Result<> keyword(const std::string &keyword, const Json &value, const std::string &where) const
    {
        static const std::set<std::string> plain{"title", "description", "default", "discriminator", "type", "const", "enum", "required", "format",
                                                 "minimum", "maximum", "minLength"};
        if (plain.contains(keyword) || keyword.starts_with("x-") || (keyword == "unevaluatedProperties" && value == true))
            return {};
        if (keyword == "$ref") {
            const bool isDefined = value.is_string() && value.get_ref<const std::string &>().starts_with(definitionsRef)
                && m_definitions.contains(nameOfRef(value.get<std::string>()));
            return isDefined ? ph::Result<>() : refuse(where, "refers to what is not defined");
        }
        if (keyword == "items" || keyword == "additionalProperties" || keyword == "not")
            return schema(value, where);
        const bool isMap = keyword == "properties" && value.is_object();
        const bool isList = (keyword == "allOf" || keyword == "anyOf" || keyword == "oneOf") && value.is_array();
        if (!isMap && !isList)
            return refuse(where, "is a keyword that is not known");
        for (const auto &[key, inner] : value.items()) {
            auto known = schema(inner, where + "/" + key);
            if (!known)
                return known;
        }
        return {};
    }

    const Json &m_definitions;
};

} // namespace

std::string describe(const Finding &finding)
{
    std::string path;
    for (std::size_t at = 0; at < finding.pointer.size();) {
        const auto end = std::min(finding.pointer.find('/', at + 1), finding.pointer.size());
        auto part = finding.pointer.substr(at + 1, end - at - 1);
        at = end;
        for (const auto &[from, to] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}}) {
            for (auto found = part.find(from); found != std::string::npos; found = part.find(from, found + 1))
                part.replace(found, 2, to);
        }
        std::size_t index = 0;
        const auto [stop, error] = std::from_chars(part.data(), part.data() + part.size(), index);
        if (error == std::errc() && stop == part.data() + part.size())
            path += "[" + part + "]";
        else
            path += (path.empty() ? "" : ".") + part;
    }
    return path.empty() ? finding.text : path + ": " + finding.text;
}

ph::Result<JsonSchema> JsonSchema::load(ph::Json document, std::set<std::string> openUnions)
{
    if (!document.is_object() || !document.contains("$defs") || !document["$defs"].is_object())
        return ph::fail(ph::ErrorCode::InvalidInput, "The schema has no definitions.");
    for (const auto &[name, schema] : document["$defs"].items()) {
        if (auto known = Review(document["$defs"]).schema(schema, name); !known)
            return ph::fail(known.error());
    }
    return JsonSchema(std::move(document), std::move(openUnions));
}

std::vector<Finding> JsonSchema::check(const std::string &definition, const ph::Json &value, const std::string &pointer) const
{
    std::vector<Finding> findings;
    Walk(definitions(), m_openUnions, pointer, findings).definition(definition, value, nullptr);
    return findings;
}

} // namespace acp
