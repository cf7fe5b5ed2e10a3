#pragma once

#include "driver/base/result.h"

#include <QString>
#include <QStringList>

#include <functional>
#include <optional>
#include <string>

namespace ui {

/// A service that language models come from, as the settings show it.
struct ModelService {
    enum class Kind { Anthropic, PostHogGateway, OpenAiCompatible };

    Kind kind = Kind::Anthropic;
    QString baseUrl;        // empty: the service's own
    bool hasKey = false;    // one is kept, or the environment has one
    bool isUsed = false;
};

/// The settings' way to language models: filled by app. Main thread; answers come on it too.
class ModelSetup
{
public:
    virtual ~ModelSetup() = default;

    /// As it is set up, or how it would begin.
    virtual ModelService service(ModelService::Kind kind) const = 0;

    /// Keeps the service (and the key, in the keychain; absent: the one that is kept) and asks it which models it has. `then` is called
    /// once, with their names; an error of the keychain or of the service leaves the service set up.
    virtual void use(const ModelService &service, const std::optional<std::string> &key, std::function<void(const ph::Result<QStringList> &)> then) = 0;

    /// Uses it no more and forgets its key.
    virtual void remove(ModelService::Kind kind) = 0;
};

} // namespace ui
