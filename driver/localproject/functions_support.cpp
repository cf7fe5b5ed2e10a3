#include "driver/localproject/functions_support.h"

namespace localproject {

using Kind = Type::Kind;

const std::string &constantText(const Site &site, std::size_t i)
{
    const Fragment &argument = site.arguments.at(i);
    if (!argument.constant || !argument.constant->is_string())
        refuse("Argument " + std::to_string(i + 1) + " of '" + site.name + "' must be a text constant.", argument.span);
    return argument.constant->get_ref<const std::string &>();
}

std::string constantText(const Site &site, std::size_t i, const std::string &otherwise)
{
    return i < site.arguments.size() ? constantText(site, i) : otherwise;
}

Unified unify(Compilation &compilation, const std::vector<Fragment> &values, hogql::Span span)
{
    Unified unified;
    Type other; // What text constants may have to become.
    bool textConstants = true;
    for (const Fragment &value : values) {
        if (value.type.isTime() || value.type.is(Kind::Uuid))
            other = value.type;
        else if (value.type.is(Kind::String) && !(value.constant && value.constant->is_string()))
            textConstants = false;
    }
    std::optional<Type> type = values.empty() ? Type {} : Type::of(Kind::Null);
    for (const Fragment &value : values) {
        const bool becomes = value.type.is(Kind::String) && textConstants && !other.is(Kind::Unknown);
        const Type own = becomes ? other.notNull() : value.type;
        const bool first = &value == &values.front();
        const auto common = first ? own : commonType(*type, own);
        if (!common)
            refuse("There is no supertype for types " + type->name() + ", " + value.type.name() + ".", value.span.end ? value.span : span);
        type = common;
    }
    unified.type = *type;
    for (const Fragment &value : values)
        unified.sql.push_back(compilation.as(value, unified.type));
    return unified;
}

const Type &arrayType(const Site &site, std::size_t i)
{
    const Fragment &argument = site.arguments.at(i);
    if (!argument.type.is(Kind::Array) && !argument.type.is(Kind::Unknown))
        refuse("Argument " + std::to_string(i + 1) + " of '" + site.name + "' must be an array, this is " + argument.type.name() + ".", argument.span);
    return argument.type;
}

} // namespace localproject
