#pragma once

#include "ui/conversation/agent_session.h"

#include <QWidget>

class QVBoxLayout;

namespace ui {

/// The messages that wait for the end of the running turn, a line each with what can be done to it. Hidden while there are none.
class QueueList : public QWidget
{
    Q_OBJECT

public:
    explicit QueueList(QWidget *parent = nullptr);

    void setQueue(const std::deque<QueuedMessage> &queue, bool isStopping);

signals:
    void sendNowAsked(size_t index);
    void editAsked(size_t index);
    void removeAsked(size_t index);

private:
    void build();
    void addLine(const QString &text, size_t index);

    QStringList m_texts;
    bool m_isStopping = false;
    QVBoxLayout *m_lines;
};

} // namespace ui
