#pragma once

#include "driver/base/result.h"

#include <QObject>
#include <QString>

#include <functional>
#include <map>
#include <optional>

namespace app {

/// Secrets in the desktop's keychain. Where there is none, a secret lives until the program ends, and nobody is told otherwise.
/// Main thread.
class Keychain : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// `then` gets nothing when the keychain has no such secret or cannot be asked. Called once, later.
    void read(const QString &name, std::function<void(std::optional<std::string>)> then);

    /// Error: Internal, the keychain's reason; the secret is then kept in memory only.
    void write(const QString &name, const std::string &secret, std::function<void(const ph::Result<> &)> then);

private:
    std::map<QString, std::string> m_inMemory; // what the keychain did not take
};

} // namespace app
