#pragma once

#include "driver/base/json_fields.h"

#include <set>
#include <string>
#include <vector>

namespace acp {

/// What a check has to say about one place of a JSON value.
struct Finding {
    enum class Kind {
        Problem,   // the schema forbids it
        Warning,   // the schema forbids it, and says that readers go on: with a default, or without the item
        Unknown,   // of a kind that the schema does not know and that readers pass over
        Extension, // somebody's own, where the protocol lets everybody have theirs
    };

    Kind kind = Kind::Problem;
    std::string pointer; // JSON pointer (RFC 6901) of the value; of a missing member, where it would stand
    std::string text;    // "missing", "expected a string, got number"

    friend bool operator==(const Finding &, const Finding &) = default;
};

/// "params.prompt[0].type: missing"
std::string describe(const Finding &finding);

/// JSON Schema 2020-12, as far as the ACP schema makes use of it: $ref into $defs, type, const, enum, properties, required, items,
/// additionalProperties, allOf, anyOf, oneOf, not, minimum, maximum, minLength, and the integer formats as ranges. A union whose branches
/// are told apart by a constant member is checked by that member's branch alone, so that findings are about what was meant; its other
/// branches count as excluded, which makes oneOf the same as anyOf. The schema's marks `x-deserialize-…` turn problems into warnings.
class JsonSchema
{
public:
    /// `openUnions` names definitions that are unions readers pass over when they do not know the branch.
    /// Error: InvalidInput, for a schema with other keywords, and for one that refers to what it does not define.
    static ph::Result<JsonSchema> load(ph::Json document, std::set<std::string> openUnions = {});

    const ph::Json &definitions() const { return m_document["$defs"]; }

    /// Checks `value`, which stands at `pointer` of a message, against a definition; nothing to say: empty. The definition must exist.
    /// Recurses as deep as `value` is nested.
    std::vector<Finding> check(const std::string &definition, const ph::Json &value, const std::string &pointer) const;

private:
    JsonSchema(ph::Json document, std::set<std::string> openUnions)
        : m_document(std::move(document))
        , m_openUnions(std::move(openUnions))
    {
    }

    ph::Json m_document;
    std::set<std::string> m_openUnions;
};

} // namespace acp
