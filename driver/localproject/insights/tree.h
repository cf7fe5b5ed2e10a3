#pragma once

#include "driver/base/json_fields.h"
#include "driver/hogql/ast.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

/// HogQL trees put together: single nodes, and whole statements from text of ours with holes in it.
namespace localproject::insights {

using hogql::ExprPtr;
using hogql::SelectPtr;

ExprPtr expr(decltype(hogql::Expr::node) node);
ExprPtr field(std::vector<std::string> chain);
ExprPtr constant(const ph::Json &value); // null, boolean, number, text; an array becomes a tuple
ExprPtr call(std::string name, std::vector<ExprPtr> arguments);
ExprPtr binary(hogql::BinaryOp op, ExprPtr left, ExprPtr right);
ExprPtr negated(ExprPtr operand);
ExprPtr isNull(ExprPtr operand, bool not_ = false);
ExprPtr allOf(const std::vector<ExprPtr> &conditions); // true for none
ExprPtr anyOf(const std::vector<ExprPtr> &conditions); // false for none

/// What stands for {name} in a statement: an expression, or a select after FROM.
struct Holes {
    std::map<std::string, ExprPtr, std::less<>> expressions;
    std::map<std::string, SelectPtr, std::less<>> selects;
};

/// Parses `text`, which is ours and never holds anything of a user, and puts the holes' trees in place. What is put in is not
/// looked into again: braces in it are values.
SelectPtr statement(std::string_view text, const Holes &holes);
ExprPtr expression(std::string_view text, const Holes &holes = {});

} // namespace localproject::insights
