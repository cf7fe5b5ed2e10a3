#pragma once

#include "driver/posthog/driver.h"
#include "ui/shell/settings.h"

#include <functional>
#include <optional>

namespace ui {

/// The settings' way to the project: filled by app. Main thread; answers come on it too.
class ProjectConnection
{
public:
    virtual ~ProjectConnection() = default;

    virtual ProjectChoice choice() const = 0;
    virtual bool hasKey() const = 0; // one is kept, or the environment has one

    /// Tries without changing anything. `key` absent: the one that is kept. `then` is called once.
    virtual void test(const ProjectChoice &choice, const std::optional<std::string> &key,
                      std::function<void(const ph::Result<posthog::ProjectInfo> &)> then) = 0;

    /// Keeps the choice (and the key, in the keychain) and connects. `then` hears whether the key could be kept.
    virtual void use(const ProjectChoice &choice, const std::optional<std::string> &key, std::function<void(const ph::Result<> &)> then) = 0;
};

} // namespace ui
