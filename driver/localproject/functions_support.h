#pragma once

#include "driver/localproject/compiler_state.h"
#include "driver/localproject/functions.h"

/// What the families of functions share.
namespace localproject {

inline Fragment valueOf(std::string sql, Type type)
{
    Fragment fragment;
    fragment.sql = std::move(sql);
    fragment.type = std::move(type);
    return fragment;
}

/// A constant text among the arguments; refuses anything else.
const std::string &constantText(const Site &site, std::size_t i);
/// A constant text among them, or `otherwise` where the argument was left out.
std::string constantText(const Site &site, std::size_t i, const std::string &otherwise);

/// The arguments' common type, ready to be put into one list. Constant text may become a time or a UUID where the others are.
struct Unified {
    std::vector<std::string> sql;
    Type type;
};
Unified unify(Compilation &compilation, const std::vector<Fragment> &values, hogql::Span span);

/// Refuses what is no array.
const Type &arrayType(const Site &site, std::size_t i);

} // namespace localproject
