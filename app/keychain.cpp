#include "app/keychain.h"

#include <qt6keychain/keychain.h>

#include <QTimer>

namespace app {
namespace {

constexpr auto service = "hoglet";

} // namespace

void Keychain::read(const QString &name, std::function<void(std::optional<std::string>)> then)
{
    if (const auto found = m_inMemory.find(name); found != m_inMemory.end()) {
        QTimer::singleShot(0, this, [then = std::move(then), secret = found->second] { then(secret); });
        return;
    }
    auto *job = new QKeychain::ReadPasswordJob(service, this); // Deletes itself.
    job->setKey(name);
    connect(job, &QKeychain::Job::finished, this, [job, then = std::move(then)](QKeychain::Job *) {
        then(job->error() == QKeychain::NoError ? std::optional(job->textData().toStdString()) : std::nullopt);
    });
    job->start();
}

void Keychain::write(const QString &name, const std::string &secret, std::function<void(const ph::Result<> &)> then)
{
    auto *job = new QKeychain::WritePasswordJob(service, this);
    job->setKey(name);
    job->setTextData(QString::fromStdString(secret));
    connect(job, &QKeychain::Job::finished, this, [this, job, name, secret, then = std::move(then)](QKeychain::Job *) {
        if (job->error() == QKeychain::NoError) {
            m_inMemory.erase(name);
            then({});
            return;
        }
        m_inMemory[name] = secret;
        then(ph::fail(ph::ErrorCode::Internal,
                      tr("The desktop's keychain did not keep the key (%1). Hoglet uses it until it ends; set POSTHOG_PERSONAL_API_KEY to "
                         "have it the next time.")
                          .arg(job->errorString())
                          .toStdString()));
    });
    job->start();
}

} // namespace app
