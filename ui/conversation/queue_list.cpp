#include "ui/conversation/queue_list.h"

#include "ui/conversation/attachments.h"
#include "ui/shell/elided_label.h"
#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QToolButton>
#include <QVBoxLayout>

namespace ui {
namespace {

QString lineOf(const QueuedMessage &message)
{
    auto text = message.text.simplified();
    if (text.isEmpty() && !message.attachments.empty())
        text = attachmentName(message.attachments.front());
    const auto count = int(message.attachments.size());
    return count == 0 ? text : QueueList::tr("%1 (%n attachment(s))", nullptr, count).arg(text);
}

QToolButton *button(const QString &iconName, const QString &name)
{
    auto *tool = new QToolButton;
    tool->setIcon(Theme::icon(iconName));
    tool->setIconSize({16, 16});
    tool->setToolTip(name);
    tool->setAccessibleName(name);
    return tool;
}

} // namespace

QueueList::QueueList(QWidget *parent)
    : QWidget(parent)
    , m_lines(new QVBoxLayout(this))
{
    setAccessibleName(tr("Queued messages"));
    m_lines->setContentsMargins(0, 0, 0, 0);
    m_lines->setSpacing(space::xs);
    hide();
}

void QueueList::setQueue(const std::deque<QueuedMessage> &queue, bool isStopping)
{
    QStringList texts;
    for (const auto &message : queue)
        texts << lineOf(message);
    setVisible(!texts.isEmpty());
    if (texts == m_texts && isStopping == m_isStopping)
        return; // Whoever is at one of the buttons stays there.
    m_texts = texts;
    m_isStopping = isStopping;
    build();
}

void QueueList::build()
{
    while (auto *item = m_lines->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (qsizetype i = 0; i < m_texts.size(); ++i)
        addLine(m_texts[i], size_t(i));
}

void QueueList::addLine(const QString &text, size_t index)
{
    auto *row = new QFrame;
    row->setProperty("role", "card");
    auto *line = new QHBoxLayout(row);
    line->setContentsMargins(space::m, space::xs, space::xs, space::xs);
    line->setSpacing(0);
    auto *label = new ElidedLabel;
    label->setProperty("role", "muted");
    label->setTextFormat(Qt::PlainText);
    label->setWholeText(tr("Next: %1").arg(text));
    auto *sendNow = button("send", tr("Send now: stops what runs"));
    auto *edit = button("edit", tr("Edit this message"));
    auto *remove = button("close", tr("Do not send this message"));
    sendNow->setEnabled(!m_isStopping);
    // Queued, because the button goes with its line.
    connect(sendNow, &QToolButton::clicked, this, [this, index] { emit sendNowAsked(index); }, Qt::QueuedConnection);
    connect(edit, &QToolButton::clicked, this, [this, index] { emit editAsked(index); }, Qt::QueuedConnection);
    connect(remove, &QToolButton::clicked, this, [this, index] { emit removeAsked(index); }, Qt::QueuedConnection);
    line->addWidget(label, 1);
    for (auto *tool : {sendNow, edit, remove})
        line->addWidget(tool);
    m_lines->addWidget(row);
}

} // namespace ui
