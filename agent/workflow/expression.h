#pragma once

#include "driver/base/json_fields.h"
#include "driver/base/result.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

/// The expressions of a workflow's rules. README.md of this folder describes the language.
namespace workflow {

using Value = ph::Json;

/// Names that an expression may use; what is not here is looked for in `parent`.
struct Scope {
    const Scope *parent = nullptr;
    std::map<std::string, Value> names;

    const Value *find(const std::string &name) const;
};

struct Node;

/// A parsed expression. Cheap to copy.
class Expression
{
public:
    /// Error: InvalidInput with what is wrong and at which character, or an unknown function with the nearest known one.
    static ph::Result<Expression> parse(std::string_view text);

    /// Error: InvalidInput for a name not in `scope` and for arguments that a function cannot take.
    /// A member that is missing is null; arithmetic and order with null give null and false; x / 0 is null.
    ph::Result<Value> evaluate(const Scope &scope) const;

    /// Names it takes from its scope.
    std::set<std::string> freeNames() const;

private:
    std::shared_ptr<const Node> m_root;
};

/// Parses and evaluates at once.
ph::Result<Value> evaluate(std::string_view text, const Scope &scope);

/// null, false, 0, "" and empty lists are false.
bool isTrue(const Value &value);

/// As a template shows it: text as it is, numbers grouped, null "none", lists joined with ", ".
std::string toText(const Value &value);

} // namespace workflow
