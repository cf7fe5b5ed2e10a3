#include "ui/shell/single_instance.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QLocalServer>
#include <QLocalSocket>

namespace ui {
namespace {

constexpr int longestMessage = 64 * 1024;

} // namespace

SingleInstance::SingleInstance(QString folder, QObject *parent)
    : QObject(parent)
    , m_path(std::move(folder) + "/window.socket")
{
}

SingleInstance::~SingleInstance() = default;

bool SingleInstance::handOver(const QStringList &arguments)
{
    QLocalSocket socket;
    socket.connectToServer(m_path);
    if (!socket.waitForConnected(300))
        return false;
    socket.write(QJsonDocument(QJsonArray::fromStringList(arguments)).toJson(QJsonDocument::Compact) + '\n');
    // Only a window that answers has taken them: one that hangs does not stop the user from starting another.
    return socket.waitForBytesWritten(500) && socket.waitForReadyRead(1500) && socket.readAll().startsWith("ok");
}

bool SingleInstance::listen()
{
    m_server = std::make_unique<QLocalServer>();
    m_server->setSocketOptions(QLocalServer::UserAccessOption);
    if (!m_server->listen(m_path)) {
        QLocalServer::removeServer(m_path); // Left by a program that was killed: nobody answered on it.
        if (!m_server->listen(m_path))
            return false;
    }
    connect(m_server.get(), &QLocalServer::newConnection, this, [this] {
        while (auto *socket = m_server->nextPendingConnection()) {
            connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
            connect(socket, &QLocalSocket::readyRead, this, [this, socket] {
                if (!socket->canReadLine()) {
                    if (socket->bytesAvailable() > longestMessage)
                        socket->abort();
                    return;
                }
                QStringList arguments;
                for (const auto &value : QJsonDocument::fromJson(socket->readLine(longestMessage)).array())
                    arguments << value.toString();
                socket->write("ok\n");
                socket->flush();
                emit received(arguments);
            });
        }
    });
    return true;
}

} // namespace ui
