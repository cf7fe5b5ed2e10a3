#include "ui/shell/rail.h"

#include "ui/shell/theme.h"

#include <QKeyEvent>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace ui {
namespace {

/// A rail entry that can carry a number.
class RailButton : public QToolButton
{
public:
    void setBadge(int count)
    {
        m_badge = count;
        update();
    }

protected:
    void paintEvent(QPaintEvent *event) override
    {
        QToolButton::paintEvent(event);
        if (m_badge <= 0)
            return;
        const auto &c = Theme::colors();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        auto font = Theme::textFont(0.77);
        font.setBold(true);
        painter.setFont(font);
        const auto text = m_badge > 99 ? QString("99+") : QString::number(m_badge);
        const int w = std::max(16, painter.fontMetrics().horizontalAdvance(text) + 8);
        const QRect spot(width() / 2 + 4, 3, w, 16);
        painter.setPen(Qt::NoPen);
        painter.setBrush(c.accent);
        painter.drawRoundedRect(spot, 8, 8);
        painter.setPen(c.onAccent);
        painter.drawText(spot, Qt::AlignCenter, text);
    }

private:
    int m_badge = 0;
};

} // namespace

Rail::Rail(QWidget *parent)
    : QFrame(parent)
    , m_column(new QVBoxLayout(this))
{
    setObjectName("rail");
    setAccessibleName(QObject::tr("Places"));
    m_column->setContentsMargins(space::xs + 2, space::s, space::xs + 2, space::s);
    m_column->setSpacing(space::xs);
    m_column->addStretch(1);
}

void Rail::addEntry(const QString &kind, const QString &label, const QString &iconName, const QString &shortcut, bool atBottom)
{
    auto *button = new RailButton;
    button->setText(label);
    button->setIcon(Theme::icon(iconName));
    button->setIconSize({21, 21});
    button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    button->setCheckable(true);
    button->setFixedWidth(int(68 * std::max(1.0, Theme::fontScale())));
    button->setToolTip(shortcut.isEmpty() ? label : QString("%1 (%2)").arg(label, shortcut));
    button->setAccessibleName(label);
    connect(button, &QToolButton::clicked, this, [this, kind, button] {
        button->setChecked(true); // What is current is decided by setCurrent alone.
        emit chosen(kind);
    });
    if (atBottom)
        m_column->addWidget(button);
    else
        m_column->insertWidget(m_topEntries++, button);
    m_entries.push_back({kind, label, button});
}

void Rail::setCurrent(const QString &kind)
{
    for (const auto &entry : m_entries)
        entry.button->setChecked(entry.kind == kind);
}

void Rail::setBadge(const QString &kind, int count)
{
    for (const auto &entry : m_entries) {
        if (entry.kind != kind)
            continue;
        static_cast<RailButton *>(entry.button)->setBadge(count);
        entry.button->setAccessibleName(count > 0 ? tr("%1, %n waiting", nullptr, count).arg(entry.label) : entry.label);
    }
}

QString Rail::kindAt(int index) const
{
    return index >= 0 && size_t(index) < m_entries.size() ? m_entries[size_t(index)].kind : QString();
}

void Rail::focusCurrent()
{
    for (const auto &entry : m_entries) {
        if (entry.button->isChecked()) {
            entry.button->setFocus(Qt::ShortcutFocusReason);
            return;
        }
    }
    if (!m_entries.empty())
        m_entries.front().button->setFocus(Qt::ShortcutFocusReason);
}

void Rail::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Down || event->key() == Qt::Key_Up) {
        focusNextPrevChild(event->key() == Qt::Key_Down);
        return;
    }
    QFrame::keyPressEvent(event);
}

} // namespace ui
