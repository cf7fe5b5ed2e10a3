#pragma once

#include "driver/posthog/secret_store.h"

#include <QObject>
#include <QString>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace app {

/// What a desktop's keychain is asked to do with one entry, and what came of it.
enum class KeychainTask { Read, Write, Erase };
struct KeychainAnswer {
    std::optional<ph::ErrorCode> error; // as of posthog::SecretStore
    QString text; // what was read; or the keychain's reason
};

/// Begins a task on the main thread; `then` is called later there, once or never. `text` is what to write.
using KeychainJob = std::function<void(KeychainTask task, const QString &name, const QString &text, std::function<void(const KeychainAnswer &)> then)>;

/// Through QtKeychain: Secret Service, KWallet. Never into a plain file.
KeychainJob desktopKeychain();

/// Secrets in the desktop's keychain, each as one line of base64, because line breaks have cost users their whole keychain, and read
/// back after writing. A secret that the keychain does not keep is held until the program ends, and the error of put() says so.
/// Made and destroyed on the main thread, which must not call it: it runs what the keychain does, and would wait for itself.
class Keychain : public posthog::SecretStore
{
public:
    explicit Keychain(KeychainJob job = desktopKeychain(), std::chrono::milliseconds patience = std::chrono::seconds(30));

    ph::Result<std::string> get(const std::string &name, std::stop_token stop = {}) override;
    ph::Result<> put(const std::string &name, const std::string &secret, std::stop_token stop = {}) override;
    ph::Result<> erase(const std::string &name, std::stop_token stop = {}) override;

private:
    ph::Result<QString> ask(KeychainTask task, const std::string &name, const QString &text, const std::stop_token &stop);
    ph::Result<> write(const std::string &name, const std::string &secret, const std::stop_token &stop);

    const KeychainJob m_job;
    const std::chrono::milliseconds m_patience;
    QObject m_home; // where jobs are begun: on its thread

    std::mutex m_mutex; // Guards what follows.
    std::map<std::string, std::string> m_held; // what the keychain did not keep
};

} // namespace app
