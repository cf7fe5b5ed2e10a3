#pragma once

#include "agent/acp/connection.h"
#include "agent/acp/json_schema.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acp {

/// Compares messages with the protocol's own schema (resources/acp). It judges what passed; nothing is refused by it: how messages are
/// read, and what is tolerated there, is in wire.h.
///
/// May be used from several threads at once.
class SchemaCheck
{
public:
    /// `schema` is the text of ACP's schema.json. Error: InvalidInput.
    static ph::Result<SchemaCheck> load(std::string_view schema);

    /// What is to be said about a line that `sender` sent; nothing: empty. `requestMethod` is the method of the request that a reply
    /// answers; empty when that is not known, and then its result is not looked at.
    std::vector<Finding> check(std::string_view line, Side sender, const std::string &requestMethod = {}) const;

    /// The side to which requests and notifications of a method go. Nothing for methods that go both ways or are not in the schema.
    std::optional<Side> receiverOf(const std::string &method) const;

private:
    enum class Form { Request, Notification, Response };
    struct Shape {
        std::string definition;
        std::optional<Side> receiver; // of the request or notification; nothing: either
    };

    explicit SchemaCheck(JsonSchema schema);

    std::vector<Finding> checkMessage(const ph::Json &message, Side sender, const std::string &requestMethod) const;
    void checkCall(const ph::Json &message, Side sender, std::vector<Finding> &findings) const;
    void checkReply(const ph::Json &message, const std::string &requestMethod, std::vector<Finding> &findings) const;
    void add(std::vector<Finding> &findings, const std::string &definition, const ph::Json &value, const std::string &pointer) const;
    const Shape *find(const std::string &method, Form form) const;

    JsonSchema m_schema;
    std::map<std::pair<std::string, Form>, Shape> m_shapes;
};

} // namespace acp
