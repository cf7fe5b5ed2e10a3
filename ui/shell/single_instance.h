#pragma once

#include <QObject>
#include <QStringList>

#include <memory>

class QLocalServer;

namespace ui {

/// One window a user: the first program listens, a later one hands it its arguments and leaves.
class SingleInstance : public QObject
{
    Q_OBJECT

public:
    /// `folder` holds the socket; it must belong to the user alone ($XDG_RUNTIME_DIR/hoglet).
    explicit SingleInstance(QString folder, QObject *parent = nullptr);
    ~SingleInstance() override;

    /// Whether another program is there and has taken the arguments: this one should then leave.
    bool handOver(const QStringList &arguments);

    /// Listens for later ones. False when that cannot be (the window then runs all the same).
    bool listen();

signals:
    void received(const QStringList &arguments); // of a program that was started after us

private:
    QString m_path;
    std::unique_ptr<QLocalServer> m_server;
};

} // namespace ui
