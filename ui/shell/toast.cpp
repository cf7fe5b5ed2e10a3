#include "ui/shell/toast.h"

#include "ui/shell/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>

namespace ui {

Toast::Toast(QWidget *parent)
    : QFrame(parent)
    , m_text(new QLabel)
{
    setProperty("role", "toast");
    setAttribute(Qt::WA_TransparentForMouseEvents);
    m_text->setTextFormat(Qt::PlainText);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(space::l, space::s, space::l, space::s);
    row->addWidget(m_text);
    m_timer.setSingleShot(true);
    m_timer.setInterval(3500);
    connect(&m_timer, &QTimer::timeout, this, &QWidget::hide);
    parent->installEventFilter(this);
    hide();
}

void Toast::say(const QString &text)
{
    m_text->setText(text);
    setAccessibleName(text);
    place();
    show();
    raise();
    m_timer.start();
}

QString Toast::text() const { return isHidden() ? QString() : m_text->text(); }

bool Toast::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == parent() && event->type() == QEvent::Resize && !isHidden())
        place();
    return QFrame::eventFilter(watched, event);
}

void Toast::place()
{
    adjustSize();
    const auto area = parentWidget()->rect();
    move((area.width() - width()) / 2, area.height() - height() - 48);
}

} // namespace ui
