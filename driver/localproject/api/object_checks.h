#pragma once

#include "driver/localproject/api/routes.h"

#include <initializer_list>
#include <optional>
#include <string_view>

namespace localproject::api {

/// Looks at the fields of an item one by one and keeps the first thing that is wrong with it, in PostHog's words.
class FieldChecks
{
public:
    explicit FieldChecks(const ph::Json &item)
        : m_item(item)
    {
    }

    void required(const char *key);
    void text(const char *key, std::size_t longest, bool mayBeEmpty = true);
    void boolean(const char *key);
    void object(const char *key);
    void list(const char *key);
    void moment(const char *key);
    void choice(const char *key, std::initializer_list<std::string_view> choices);
    void refuse(std::string_view code, const std::string &detail, const char *key);

    const std::optional<Answer> &problem() const { return m_problem; }

private:
    /// The value, when it is there, is not null, and nothing was wrong so far.
    const ph::Json *at(const char *key) const;

    const ph::Json &m_item;
    std::optional<Answer> m_problem;
};

/// What a new item has where the caller says nothing; its keys are also all that a caller may set.
ph::Json defaultsOf(const std::string &kind);

/// What is wrong with an item of a kind, given with its defaults filled in.
std::optional<Answer> problemOf(const std::string &kind, const ph::Json &item);

} // namespace localproject::api
