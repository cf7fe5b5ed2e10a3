#include "agent/acp/json_view.h"

#include "driver/base/json_depth.h"

#include <simdjson.h>

#include <bit>
#include <new>
#include <type_traits>

namespace acp {

namespace dom = simdjson::dom;

struct ViewAccess {
    static_assert(sizeof(dom::element) == sizeof(JsonView::m_place) && std::is_trivially_copyable_v<dom::element>);

    static JsonView viewOf(dom::element element)
    {
        JsonView view;
        view.m_place = std::bit_cast<decltype(view.m_place)>(element);
        return view;
    }
    static dom::element elementOf(const JsonView &view) { return std::bit_cast<dom::element>(view.m_place); }
};

namespace {

constexpr std::size_t firstMemory = 4096;       // bytes of a line for which there is room from the beginning
constexpr std::size_t keptMemory = 1024 * 1024; // bytes of a line; what a longer one needed is given back

dom::object objectOf(dom::element element) { return element.get_object().value_unsafe(); }
dom::array listOf(dom::element element) { return element.get_array().value_unsafe(); }

ph::Json treeOf(dom::element element)
{
    switch (element.type()) {
    case dom::element_type::OBJECT: {
        auto tree = ph::Json::object();
        for (const auto field : objectOf(element))
            tree[std::string(field.key)] = treeOf(field.value);
        return tree;
    }
    case dom::element_type::ARRAY: {
        auto tree = ph::Json::array();
        for (const auto item : listOf(element))
            tree.push_back(treeOf(item));
        return tree;
    }
    case dom::element_type::INT64: {
        const std::int64_t number = element.get_int64().value_unsafe();
        return number < 0 ? ph::Json(number) : ph::Json(std::uint64_t(number)); // The type that ph::Json::parse() gives.
    }
    case dom::element_type::UINT64: return element.get_uint64().value_unsafe();
    case dom::element_type::DOUBLE: return element.get_double().value_unsafe();
    case dom::element_type::STRING: return std::string(element.get_string().value_unsafe());
    case dom::element_type::BOOL: return element.get_bool().value_unsafe();
    case dom::element_type::NULL_VALUE: break;
    }
    return nullptr;
}

} // namespace

JsonView JsonView::emptyObject()
{
    static LineParser parser;
    static const JsonView object = parser.read("{}").value();
    return object;
}

JsonView JsonView::null()
{
    static LineParser parser;
    static const JsonView null = parser.read("null").value();
    return null;
}

bool JsonView::isObject() const { return ViewAccess::elementOf(*this).is_object(); }
bool JsonView::isList() const { return ViewAccess::elementOf(*this).is_array(); }
bool JsonView::isText() const { return ViewAccess::elementOf(*this).is_string(); }
bool JsonView::isNull() const { return ViewAccess::elementOf(*this).is_null(); }

const char *JsonView::typeName() const
{
    switch (ViewAccess::elementOf(*this).type()) {
    case dom::element_type::OBJECT: return "object";
    case dom::element_type::ARRAY: return "array";
    case dom::element_type::STRING: return "string";
    case dom::element_type::BOOL: return "boolean";
    case dom::element_type::NULL_VALUE: return "null";
    case dom::element_type::INT64:
    case dom::element_type::UINT64:
    case dom::element_type::DOUBLE: break;
    }
    return "number";
}

std::string_view JsonView::text() const { return isText() ? ViewAccess::elementOf(*this).get_string().value_unsafe() : std::string_view(); }

std::optional<JsonView> JsonView::find(std::string_view key) const
{
    std::optional<JsonView> found;
    if (!isObject())
        return found;
    for (const auto field : objectOf(ViewAccess::elementOf(*this))) {
        if (field.key == key)
            found = ViewAccess::viewOf(field.value);
    }
    return found;
}

std::vector<JsonView> JsonView::items() const
{
    std::vector<JsonView> items;
    if (isList()) {
        for (const auto item : listOf(ViewAccess::elementOf(*this)))
            items.push_back(ViewAccess::viewOf(item));
    }
    return items;
}

ph::Json JsonView::tree() const { return treeOf(ViewAccess::elementOf(*this)); }

struct LineParser::Impl {
    /// A parser that refuses `depth` levels, save that an empty list or object does not count as one.
    void renew(int depth)
    {
        parser = dom::parser();
        if (parser.allocate(firstMemory, std::size_t(depth)) != simdjson::SUCCESS)
            throw std::bad_alloc();
        isAsNew = depth == maximumDepth;
    }
    simdjson::simdjson_result<dom::element> parse(std::string_view line) { return parser.parse(line.data(), line.size(), true); }

    dom::parser parser;
    bool isAsNew = false; // of the usual depth, and not grown by a long line
};

LineParser::LineParser()
    : m_impl(std::make_unique<Impl>())
{
}
LineParser::~LineParser() = default;

tl::expected<JsonView, LineParser::Problem> LineParser::read(std::string_view line)
{
    if (!m_impl->isAsNew)
        m_impl->renew(maximumDepth);
    m_impl->isAsNew = line.size() <= keptMemory;
    if (dom::element element; m_impl->parse(line).get(element) == simdjson::SUCCESS)
        return ViewAccess::viewOf(element);

    // What ph::Json alone reads (whole numbers of any length, a byte order mark, the last level of depth) is read from what it writes.
    if (ph::isNestedDeeper(line, maximumDepth))
        return tl::unexpected(Problem::NestedTooDeep);
    const auto tree = ph::Json::parse(line, nullptr, false);
    if (tree.is_discarded())
        return tl::unexpected(Problem::NotJson);
    m_impl->renew(maximumDepth + 1);
    if (dom::element element; m_impl->parse(tree.dump()).get(element) == simdjson::SUCCESS)
        return ViewAccess::viewOf(element);
    return tl::unexpected(Problem::NotJson);
}

} // namespace acp
