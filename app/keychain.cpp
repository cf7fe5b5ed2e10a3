#include "app/keychain.h"

#include <qt6keychain/keychain.h>

#include <QCoreApplication>
#include <QThread>

#include <condition_variable>

namespace app {
namespace {

QString tr(const char *text) { return QCoreApplication::translate("Keychain", text); }

/// What somebody waits for; outlives both sides.
struct Pending {
    std::mutex mutex; // Guards the answer.
    std::condition_variable_any changed;
    std::optional<KeychainAnswer> answer;
};

KeychainAnswer answerOf(const QKeychain::Job &job)
{
    switch (job.error()) {
    case QKeychain::NoError:
        return {};
    case QKeychain::EntryNotFound:
        return {ph::ErrorCode::NotFound, job.errorString()};
    case QKeychain::AccessDenied:
    case QKeychain::AccessDeniedByUser:
        return {ph::ErrorCode::Unauthorized, job.errorString()};
    default: // A session without D-Bus, and one without an unlocked keychain, are OtherError both.
        return {ph::ErrorCode::Internal, job.errorString()};
    }
}

} // namespace

KeychainJob desktopKeychain()
{
    return [](KeychainTask task, const QString &name, const QString &text, std::function<void(const KeychainAnswer &)> then) {
        const QString service = "hoglet";
        const auto start = [&](auto *job) { // which deletes itself
            job->setKey(name);
            job->setInsecureFallback(false);
            QObject::connect(job, &QKeychain::Job::finished, job, [job, then = std::move(then)] {
                auto answer = answerOf(*job);
                if constexpr (std::is_same_v<decltype(job), QKeychain::ReadPasswordJob *>) {
                    if (!answer.error)
                        answer.text = job->textData();
                }
                then(answer);
            });
            job->start();
        };
        if (task == KeychainTask::Read) {
            start(new QKeychain::ReadPasswordJob(service));
        } else if (task == KeychainTask::Write) {
            auto *job = new QKeychain::WritePasswordJob(service);
            job->setTextData(text);
            start(job);
        } else {
            start(new QKeychain::DeletePasswordJob(service));
        }
    };
}

Keychain::Keychain(KeychainJob job, std::chrono::milliseconds patience)
    : m_job(std::move(job))
    , m_patience(patience)
{
}

ph::Result<QString> Keychain::ask(KeychainTask task, const std::string &name, const QString &text, const std::stop_token &stop)
{
    Q_ASSERT(QThread::currentThread() != m_home.thread());
    auto pending = std::make_shared<Pending>();
    QMetaObject::invokeMethod(&m_home, [job = m_job, task, name = QString::fromStdString(name), text, pending] {
        job(task, name, text, [pending](const KeychainAnswer &answer) {
            const std::lock_guard lock(pending->mutex);
            pending->answer = answer;
            pending->changed.notify_all();
        });
    }, Qt::QueuedConnection);

    std::unique_lock lock(pending->mutex);
    if (!pending->changed.wait_for(lock, stop, m_patience, [&] { return pending->answer.has_value(); })) {
        if (stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        return ph::fail(ph::ErrorCode::Internal,
                        tr("The desktop's keychain did not answer in %1 s. It may wait behind another window to be unlocked.")
                            .arg(std::chrono::duration<double>(m_patience).count())
                            .toStdString());
    }
    const auto &answer = *pending->answer;
    if (!answer.error)
        return answer.text;
    QString message;
    if (*answer.error == ph::ErrorCode::NotFound)
        message = tr("The desktop's keychain has no “%1”.").arg(QString::fromStdString(name));
    else if (*answer.error == ph::ErrorCode::Unauthorized)
        message = tr("The desktop's keychain is locked, or its use was refused (%1). Unlock it and try again.").arg(answer.text);
    else
        message = tr("The desktop's keychain cannot be used (%1).").arg(answer.text);
    return ph::fail(*answer.error, message.toStdString());
}

ph::Result<std::string> Keychain::get(const std::string &name, std::stop_token stop)
{
    {
        const std::lock_guard lock(m_mutex);
        if (const auto held = m_held.find(name); held != m_held.end())
            return held->second;
    }
    const auto line = ask(KeychainTask::Read, name, {}, stop);
    if (!line)
        return ph::fail(line.error());
    const auto secret = QByteArray::fromBase64Encoding(line->toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
    if (!secret || secret.decoded.isEmpty())
        return ph::fail(ph::ErrorCode::Internal,
                        tr("What the desktop's keychain has as “%1” was not written by Hoglet. Enter the key again.").arg(QString::fromStdString(name)).toStdString());
    return secret.decoded.toStdString();
}

ph::Result<> Keychain::write(const std::string &name, const std::string &secret, const std::stop_token &stop)
{
    const auto line = QString::fromLatin1(QByteArray::fromStdString(secret).toBase64());
    if (const auto written = ask(KeychainTask::Write, name, line, stop); !written)
        return ph::fail(written.error());
    const auto kept = ask(KeychainTask::Read, name, {}, stop);
    if (!kept && kept.error().code != ph::ErrorCode::NotFound)
        return ph::fail(kept.error());
    if (!kept || *kept != line)
        return ph::fail(ph::ErrorCode::Internal, tr("The desktop's keychain took the key and does not give it back.").toStdString());
    return {};
}

ph::Result<> Keychain::put(const std::string &name, const std::string &secret, std::stop_token stop)
{
    if (name.empty() || secret.empty())
        return ph::fail(ph::ErrorCode::InvalidInput, tr("An empty key cannot be kept.").toStdString());
    const auto written = write(name, secret, stop);
    const std::lock_guard lock(m_mutex);
    if (written) {
        m_held.erase(name);
        return {};
    }
    m_held[name] = secret;
    return ph::fail(written.error().code,
                    written.error().message + ' ' + tr("Hoglet uses the key until it ends; to have it the next time, set it in the environment.").toStdString());
}

ph::Result<> Keychain::erase(const std::string &name, std::stop_token stop)
{
    {
        const std::lock_guard lock(m_mutex);
        m_held.erase(name);
    }
    const auto erased = ask(KeychainTask::Erase, name, {}, stop);
    if (!erased && erased.error().code != ph::ErrorCode::NotFound)
        return ph::fail(erased.error());
    return {};
}

} // namespace app
