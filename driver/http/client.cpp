#include "driver/http/client.h"

#include "driver/base/redact.h"
#include "driver/http/public_address.h"

#include <QCoreApplication>
#include <QIODevice>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QPointer>
#include <QThread>
#include <QUrl>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <clocale>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <optional>
#include <set>

namespace http {

namespace {

constexpr int maximumRedirects = 5;
constexpr std::size_t mostReserved = 64 * 1024 * 1024; // on the word of a header
constexpr qint64 readBuffer = 512 * 1024; // bytes that Qt may hold unread; the rest stays with the sender
constexpr std::size_t pendingLimit = 1024 * 1024; // bytes handed over and not yet taken by the caller

std::string lowered(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// "host:port", for messages: never the path or the query, which may carry a key.
std::string placeOf(const QUrl &url)
{
    const bool isIpv6 = url.host().contains(':');
    const std::string host = isIpv6 ? "[" + url.host().toStdString() + "]" : url.host().toStdString();
    return url.port() < 0 ? host : host + ":" + std::to_string(url.port());
}

bool sameOrigin(const QUrl &a, const QUrl &b)
{
    const auto port = [](const QUrl &url) { return url.port(url.scheme() == "https" ? 443 : 80); };
    return a.scheme() == b.scheme() && a.host() == b.host() && port(a) == port(b);
}

bool isRedirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

/// Headers that open something: they stay with the origin they were meant for.
bool isCredential(const std::string &name)
{
    static constexpr std::array names{"authorization", "proxy-authorization", "cookie", "x-api-key"};
    return std::find(names.begin(), names.end(), lowered(name)) != names.end();
}

/// An HTTP status is an answer, whatever it says; anything else that Qt calls an error is one of the network.
bool isStatusError(QNetworkReply::NetworkError error, int status)
{
    switch (error) {
    case QNetworkReply::ContentReSendError: // Qt rewinds the body for a redirect, though we follow it ourselves.
        return isRedirect(status);
    case QNetworkReply::ProtocolInvalidOperationError: // status 400
        return true;
    default:
        return (error >= QNetworkReply::ContentAccessDenied && error <= QNetworkReply::UnknownContentError)
            || error >= QNetworkReply::InternalServerError;
    }
}

std::string describe(const QNetworkReply &reply)
{
    const std::string place = placeOf(reply.url());
    switch (reply.error()) {
    case QNetworkReply::ConnectionRefusedError:
        return "Nothing answers at " + place + " (connection refused). Check the address, and that the server runs.";
    case QNetworkReply::HostNotFoundError:
        return "The host " + place + " is not known. Check the address and the network connection.";
    case QNetworkReply::RemoteHostClosedError:
        return place + " closed the connection before its answer was complete.";
    case QNetworkReply::SslHandshakeFailedError:
        return "No secure connection to " + place + ": " + ph::redact(reply.errorString().toStdString()) + ".";
    case QNetworkReply::TimeoutError:
        return place + " did not answer in time.";
    case QNetworkReply::ContentReSendError:
        return place + " closed the connection while the request was sent. It was not sent again.";
    default:
        return "The request to " + place + " failed: " + ph::redact(reply.errorString().toStdString()) + ".";
    }
}

/// One exchange, shared by the caller that waits and the network thread that works.
struct Transfer {
    explicit Transfer(std::size_t limit)
        : most(limit)
    {
    }

    const std::size_t most; // bytes that may lie in `pending`
    std::mutex mutex; // Guards all below up to `reply`.
    std::condition_variable_any changed;
    Response head; // complete once `hasHead`
    bool hasHead = false;
    std::string pending; // body bytes that the caller has not taken
    bool finished = false;
    std::optional<ph::Error> error; // set with `finished`

    QPointer<QNetworkReply> reply; // network thread only
};
using TransferPtr = std::shared_ptr<Transfer>;

/// The system's proxy, but never for loopback: a local project must not be sought elsewhere.
class ProxyFactory : public QNetworkProxyFactory
{
public:
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery &query) override
    {
        const QString host = query.peerHostName();
        if (host == "localhost" || host == "::1" || host.startsWith("127."))
            return {QNetworkProxy::NoProxy};
        return systemProxyForQuery(query);
    }
};

/// Qt's network classes need an application object. A program with one of its own makes it before its first Client.
void ensureApplication()
{
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    if (QCoreApplication::instance())
        return;
    static int argc = 1;
    static char name[] = "hoglet";
    static char *argv[] = {name, nullptr};
    static const auto *application = new QCoreApplication(argc, argv); // Kept: other clients may follow until the process ends.
    Q_UNUSED(application);
    std::setlocale(LC_NUMERIC, "C"); // Qt took the user's locale; numbers in JSON and HogQL have a point.
}

/// `address`: where to connect, whatever the host's name leads to by then; empty: where the name leads.
QNetworkRequest toQt(const Request &request, const QUrl &url, const std::string &address, bool isStream)
{
    QNetworkRequest out(url);
    out.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    out.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    out.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    out.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    out.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    out.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    if (isStream)
        out.setAttribute(QNetworkRequest::Http2AllowedAttribute, false); // There, Qt 6.4 reads on past a full buffer.
    out.setDecompressedSafetyCheckThreshold(-1); // A table packs better than 40:1; we have our own limit.
    out.setRawHeader("User-Agent", "Hoglet");
    if (!address.empty()) {
        QUrl there = url;
        there.setHost(QString::fromStdString(address));
        out.setUrl(there);
        out.setPeerVerifyName(url.host());
        out.setRawHeader("Host", QByteArray::fromStdString(placeOf(url)));
        out.setAttribute(QNetworkRequest::Http2AllowedAttribute, false); // It would take the host from the address.
    }
    for (const auto &[name, value] : request.headers)
        out.setRawHeader(QByteArray::fromStdString(name), QByteArray::fromStdString(value));
    const bool hasBody = !request.body.empty() || request.method == "POST" || request.method == "PUT";
    if (hasBody && !out.hasRawHeader("Content-Type"))
        out.setRawHeader("Content-Type", "application/octet-stream");
    return out;
}

/// A request's body that can be read once. When a connection breaks, Qt sends a request again by itself, as long as it can
/// rewind the body: a POST that had arrived would be done twice.
class OnceBody : public QIODevice
{
public:
    OnceBody(QByteArray bytes, QObject *parent)
        : QIODevice(parent)
        , m_bytes(std::move(bytes))
    {
        open(QIODevice::ReadOnly);
    }
    bool isSequential() const override { return true; }
    bool seek(qint64) override { return false; }
    qint64 bytesAvailable() const override { return m_bytes.size() - m_at + QIODevice::bytesAvailable(); }
    bool atEnd() const override { return bytesAvailable() == 0; }

protected:
    qint64 readData(char *data, qint64 size) override
    {
        if (m_at == m_bytes.size())
            return -1;
        const qint64 count = std::min(size, m_bytes.size() - m_at);
        std::copy_n(m_bytes.constData() + m_at, count, data);
        m_at += count;
        return count;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    QByteArray m_bytes;
    qint64 m_at = 0;
};

/// Lives on the network thread and is touched there alone.
class Network : public QObject
{
public:
    void begin(const TransferPtr &transfer, const Request &request, const QUrl &url, const std::string &address, bool isStream)
    {
        QNetworkAccessManager &manager = isStream ? streamManager() : sharedManager();
        QNetworkReply *reply = start(manager, request, toQt(request, url, address, isStream));
        transfer->reply = reply;
        reply->setReadBufferSize(readBuffer);
        if (isStream)
            m_streaming.insert(&manager);
        connect(reply, &QNetworkReply::readyRead, this, [this, transfer] { move(transfer); });
        connect(reply, &QNetworkReply::finished, this, [this, transfer, &manager] {
            m_streaming.erase(&manager);
            finish(transfer);
        });
    }

    /// Takes what Qt has read, up to what the caller may leave lying.
    void move(const TransferPtr &transfer)
    {
        if (!transfer->reply)
            return;
        QNetworkReply &reply = *transfer->reply;
        const std::lock_guard lock(transfer->mutex);
        takeHead(*transfer, reply);
        std::string &pending = transfer->pending;
        while (reply.isOpen() && pending.size() < transfer->most) {
            const std::size_t before = pending.size();
            pending.resize(before + std::min(transfer->most - before, static_cast<std::size_t>(std::max<qint64>(reply.bytesAvailable(), 1))));
            const qint64 got = reply.read(pending.data() + before, static_cast<qint64>(pending.size() - before));
            pending.resize(before + static_cast<std::size_t>(std::max<qint64>(got, 0)));
            if (got <= 0)
                break;
        }
        if (reply.isFinished() && reply.bytesAvailable() == 0)
            complete(*transfer, reply);
        transfer->changed.notify_all();
    }

    void abort(const TransferPtr &transfer)
    {
        if (!transfer->reply)
            return;
        transfer->reply->abort();
        transfer->reply->deleteLater(); // Also one that is finished but not read to its end.
    }

private:
    static QNetworkReply *start(QNetworkAccessManager &manager, const Request &request, QNetworkRequest out)
    {
        if (request.method == "GET" && request.body.empty())
            return manager.get(out);
        if (request.method == "HEAD")
            return manager.head(out);
        const QByteArray body = QByteArray::fromStdString(request.body);
        if (request.method == "PUT")
            return manager.put(out, body);
        if (request.method != "POST" && request.method != "PATCH")
            return manager.sendCustomRequest(out, QByteArray::fromStdString(request.method), body);
        out.setAttribute(QNetworkRequest::DoNotBufferUploadDataAttribute, true);
        out.setHeader(QNetworkRequest::ContentLengthHeader, body.size());
        auto *once = new OnceBody(body, &manager);
        QNetworkReply *reply = manager.sendCustomRequest(out, QByteArray::fromStdString(request.method), once);
        once->setParent(reply);
        return reply;
    }

    void finish(const TransferPtr &transfer)
    {
        move(transfer);
        transfer->reply->disconnect(this); // What is left in its buffer is moved as the caller takes it.
    }

    static void takeHead(Transfer &transfer, const QNetworkReply &reply)
    {
        const QVariant status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute);
        if (transfer.hasHead || !status.isValid())
            return;
        transfer.head.status = status.toInt();
        for (const auto &[name, value] : reply.rawHeaderPairs())
            transfer.head.headers.emplace_back(lowered(name.toStdString()), value.toStdString());
        transfer.hasHead = true;
        const std::string header = transfer.head.header("content-length");
        std::size_t length = 0;
        std::from_chars(header.data(), header.data() + header.size(), length);
        transfer.pending.reserve(std::min({length, transfer.most, mostReserved}) + 128); // and what parsers read behind it
    }

    static void complete(Transfer &transfer, QNetworkReply &reply)
    {
        if (transfer.finished)
            return;
        const QNetworkReply::NetworkError error = reply.error();
        if (error != QNetworkReply::NoError && !(transfer.hasHead && isStatusError(error, transfer.head.status)))
            transfer.error = {ph::ErrorCode::Network, describe(reply)};
        transfer.finished = true;
        reply.deleteLater();
    }

    QNetworkAccessManager &sharedManager()
    {
        if (!m_shared)
            m_shared = makeManager();
        return *m_shared;
    }

    /// Qt opens at most six connections a host and manager: a stream that lasts gets a manager of its own.
    QNetworkAccessManager &streamManager()
    {
        for (const auto &manager : m_streams) {
            if (!m_streaming.contains(manager.get()))
                return *manager;
        }
        return *m_streams.emplace_back(makeManager());
    }

    static std::unique_ptr<QNetworkAccessManager> makeManager()
    {
        auto manager = std::make_unique<QNetworkAccessManager>();
        manager->setProxyFactory(new ProxyFactory); // owned by the manager
        return manager;
    }

    std::unique_ptr<QNetworkAccessManager> m_shared;
    std::vector<std::unique_ptr<QNetworkAccessManager>> m_streams;
    std::set<const QNetworkAccessManager *> m_streaming; // those of m_streams that are busy
};

std::chrono::steady_clock::time_point deadlineOf(std::chrono::milliseconds timeout)
{
    constexpr std::chrono::hours forEver{24 * 365};
    return std::chrono::steady_clock::now() + (timeout.count() > 0 ? timeout : std::chrono::milliseconds(forEver));
}

ph::Result<QUrl> parseUrl(const std::string &text)
{
    const QUrl url(QString::fromStdString(text), QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != "http" && url.scheme() != "https"))
        return ph::fail(ph::ErrorCode::InvalidInput, "\"" + ph::redact(text) + "\" is no http or https address.");
    if (!url.userInfo().isEmpty())
        return ph::fail(ph::ErrorCode::InvalidInput,
                        "The address of " + placeOf(url) + " must not carry a user name or password.");
    return url;
}

} // namespace

std::string Response::header(std::string_view name) const
{
    for (const auto &[key, value] : headers) {
        if (key == name)
            return value;
    }
    return "";
}

class Client::Impl
{
public:
    using OnData = std::function<bool(std::string_view)>;

    Impl()
    {
        ensureApplication();
        m_thread.setObjectName("network");
        m_network->moveToThread(&m_thread);
        m_thread.start();
    }

    ~Impl()
    {
        {
            std::unique_lock lock(m_mutex);
            m_closing.request_stop();
            m_changed.wait(lock, [this] { return m_running == 0; });
        }
        QObject::connect(&m_thread, &QThread::finished, m_network, &QObject::deleteLater); // Deleted on its own thread.
        m_thread.quit();
        m_thread.wait();
    }

    /// Without `onData` the body is collected and comes with the response.
    ph::Result<Response> run(Request request, const OnData &onData, const std::stop_token &stop)
    {
        const Running running(*this);
        const auto deadline = deadlineOf(request.timeout);
        auto url = parseUrl(request.url);
        if (!url)
            return ph::fail(url.error());
        for (int redirects = 0;; ++redirects) {
            auto response = exchange(request, *url, onData, stop, deadline);
            if (!response || !request.followsRedirects || !isRedirect(response->status) || response->header("location").empty())
                return response;
            if (redirects == maximumRedirects)
                return ph::fail(ph::ErrorCode::Network, placeOf(*url) + " redirects too often.");
            auto next = redirected(request, *url, *response);
            if (!next)
                return ph::fail(next.error());
            url = std::move(next);
        }
    }

private:
    /// Counts the calls under way, which the destructor waits for.
    class Running
    {
    public:
        explicit Running(Impl &impl)
            : m_impl(impl)
        {
            const std::lock_guard lock(m_impl.m_mutex);
            ++m_impl.m_running;
        }
        ~Running()
        {
            const std::lock_guard lock(m_impl.m_mutex);
            --m_impl.m_running;
            m_impl.m_changed.notify_all();
        }
        Running(const Running &) = delete;
        Running &operator=(const Running &) = delete;

    private:
        Impl &m_impl;
    };

    template <typename Call>
    void onNetworkThread(Call call)
    {
        QMetaObject::invokeMethod(m_network, std::move(call), Qt::QueuedConnection);
    }

    /// Where a redirect leads; `request` becomes what is sent there.
    static ph::Result<QUrl> redirected(Request &request, const QUrl &from, const Response &response)
    {
        const QUrl target = from.resolved(QUrl(QString::fromStdString(response.header("location"))));
        auto url = parseUrl(target.toEncoded().toStdString());
        if (!url)
            return ph::fail(ph::ErrorCode::Network, placeOf(from) + " redirects to an address that cannot be used.");
        if (from.scheme() == "https" && url->scheme() == "http")
            return ph::fail(ph::ErrorCode::Network,
                            placeOf(from) + " redirects to an insecure address (http). It was not followed.");
        const bool becomesGet = response.status == 303 || (response.status <= 302 && request.method == "POST");
        if (becomesGet && request.method != "HEAD") { // As browsers do (RFC 9110, section 15.4).
            request.method = "GET";
            request.body.clear();
            std::erase_if(request.headers, [](const auto &header) { return lowered(header.first) == "content-type"; });
        }
        if (!sameOrigin(from, *url))
            std::erase_if(request.headers, [](const auto &header) { return isCredential(header.first); });
        return url;
    }

    ph::Result<Response> exchange(const Request &request, const QUrl &url, const OnData &onData, const std::stop_token &stop,
                                  std::chrono::steady_clock::time_point deadline)
    {
        std::string address;
        const auto host = url.host(QUrl::EncodeUnicode).toStdString(); // as it goes into the name service
        if (request.onlyPublic && std::find(request.privateHosts.begin(), request.privateHosts.end(), host) == request.privateHosts.end()) {
            auto resolved = publicAddressOf(host, deadline, stop);
            if (!resolved)
                return ph::fail(resolved.error());
            address = *std::move(resolved);
        }
        const bool isStream = onData != nullptr;
        const auto transfer = std::make_shared<Transfer>(isStream ? pendingLimit : std::min(request.maximumBody, std::numeric_limits<std::size_t>::max() - 1) + 1);
        // Both tokens wake the one wait below; a stop that came before is seen by its first check.
        const auto wake = [transfer] {
            const std::lock_guard lock(transfer->mutex);
            transfer->changed.notify_all();
        };
        const std::stop_callback onStop(stop, wake);
        const std::stop_callback onClosing(m_closing.get_token(), wake);
        const auto stopped = [&] { return stop.stop_requested() || m_closing.stop_requested(); };

        if (!stopped())
            onNetworkThread(
                [network = m_network, transfer, request, url, address, isStream] { network->begin(transfer, request, url, address, isStream); });
        std::size_t received = 0;
        while (true) {
            std::unique_lock lock(transfer->mutex);
            const std::size_t enough = isStream ? 1 : transfer->most;
            const bool inTime = transfer->changed.wait_until(
                lock, isStream ? std::min(deadline, deadlineOf(request.silence)) : deadline,
                [&] { return stopped() || transfer->pending.size() >= enough || transfer->finished; });
            std::string piece = std::exchange(transfer->pending, {});
            const bool finished = transfer->finished;
            lock.unlock();

            if (stopped())
                return abandon(transfer, {ph::ErrorCode::Cancelled, "The request to " + placeOf(url) + " was cancelled."});
            if (!inTime)
                return abandon(transfer, {ph::ErrorCode::Network, placeOf(url) + " did not answer in time."});
            received += piece.size();
            if (received > request.maximumBody) {
                return abandon(
                    transfer,
                    {ph::ErrorCode::Network,
                     "The answer of " + placeOf(url) + std::string(tooLong) + std::to_string(request.maximumBody) + " bytes."});
            }
            // From here the head no longer changes: it was complete before the first byte of the body.
            const bool isFollowed = request.followsRedirects && isRedirect(transfer->head.status) && !transfer->head.header("location").empty();
            if (isStream && !piece.empty() && !isFollowed && !onData(piece)) {
                abort(transfer);
                return transfer->head;
            }
            if (finished && transfer->error)
                return ph::fail(*transfer->error);
            if (finished) {
                if (!isStream)
                    transfer->head.body = std::move(piece);
                return std::move(transfer->head);
            }
            if (!piece.empty())
                onNetworkThread([network = m_network, transfer] { network->move(transfer); }); // There is room again.
        }
    }

    void abort(const TransferPtr &transfer)
    {
        onNetworkThread([network = m_network, transfer] { network->abort(transfer); });
    }

    tl::unexpected<ph::Error> abandon(const TransferPtr &transfer, ph::Error error)
    {
        abort(transfer);
        return ph::fail(std::move(error));
    }

    QThread m_thread;
    Network *m_network = new Network; // lives on m_thread
    std::stop_source m_closing;
    std::mutex m_mutex; // Guards the one below.
    int m_running = 0;
    std::condition_variable m_changed;
};

Client::Client()
    : m_impl(std::make_unique<Impl>())
{
}

Client::~Client() = default;

ph::Result<Response> Client::send(const Request &request, std::stop_token stop)
{
    return m_impl->run(request, {}, stop);
}

ph::Result<Response> Client::stream(const Request &request, const std::function<bool(std::string_view)> &onData,
                                    std::stop_token stop)
{
    return m_impl->run(request, onData, stop);
}

} // namespace http
