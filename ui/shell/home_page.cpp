#include "ui/shell/home_page.h"

#include "ui/shell/theme.h"

#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPointer>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace ui {
namespace {

/// A button of two lines with an icon: a card, or a row of a list.
class EntryButton : public QPushButton
{
public:
    EntryButton(const HomeEntry &entry, bool isCard)
        : m_entry(entry)
        , m_isCard(isCard)
    {
        setProperty("role", isCard ? "quickCard" : "row");
        setAccessibleName(entry.title);
        setAccessibleDescription(entry.detail);
        setToolTip(isCard ? QString() : entry.title.toHtmlEscaped());
        setCursor(Qt::PointingHandCursor);
        setMinimumWidth(isCard ? 150 : 100);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        connect(this, &QPushButton::clicked, this, [run = entry.run] { run(); });
    }

    QSize sizeHint() const override
    {
        const int line = QFontMetrics(Theme::textFont()).height();
        return {180, m_isCard ? 2 * space::m + 26 + 3 * line + space::xs : line + 18};
    }

protected:
    void paintEvent(QPaintEvent *event) override
    {
        QPushButton::paintEvent(event);
        const auto &c = Theme::colors();
        QPainter painter(this);
        if (m_isCard) {
            const auto inner = rect().adjusted(space::m, space::m, -space::m, -space::m);
            Theme::icon(m_entry.iconName, c.accent).paint(&painter, QRect(inner.left(), inner.top(), 20, 20));
            painter.setFont([] {
                auto font = Theme::textFont();
                font.setWeight(QFont::DemiBold);
                return font;
            }());
            painter.setPen(c.text);
            const int line = painter.fontMetrics().height();
            painter.drawText(QRect(inner.left(), inner.top() + 27, inner.width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                             painter.fontMetrics().elidedText(m_entry.title, Qt::ElideRight, inner.width()));
            painter.setFont(Theme::textFont(0.92));
            painter.setPen(c.muted);
            painter.drawText(QRect(inner.left(), inner.top() + 29 + line, inner.width(), 2 * line), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap,
                             m_entry.detail);
            return;
        }
        const auto inner = rect().adjusted(space::s, 0, -space::s, 0);
        Theme::icon(m_entry.iconName, c.muted).paint(&painter, QRect(inner.left(), inner.center().y() - 8, 17, 17));
        painter.setFont(Theme::textFont(0.92));
        painter.setPen(c.muted);
        const int detailWidth = std::min(painter.fontMetrics().horizontalAdvance(m_entry.detail), inner.width() / 2);
        painter.drawText(inner, Qt::AlignRight | Qt::AlignVCenter, painter.fontMetrics().elidedText(m_entry.detail, Qt::ElideRight, detailWidth + 1));
        painter.setFont(Theme::textFont());
        painter.setPen(c.text);
        const QRect text = inner.adjusted(28, 0, -detailWidth - space::m, 0);
        painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(m_entry.title, Qt::ElideRight, text.width()));
    }

private:
    HomeEntry m_entry;
    bool m_isCard;
};

QLabel *heading(const QString &text)
{
    auto *label = new QLabel(text);
    label->setProperty("role", "heading");
    return label;
}

} // namespace

HomePage::HomePage(Workbench &workbench, const HomeContent &content, QWidget *parent)
    : Document(parent)
    , m_content(content)
{
    auto *inside = new QWidget;
    inside->setProperty("role", "page");
    inside->setMaximumWidth(1100);
    auto *column = new QVBoxLayout(inside);
    column->setContentsMargins(space::xl, space::l, space::xl, space::xl);
    column->setSpacing(space::m);
    auto *title = new QLabel(tr("Home"));
    title->setProperty("role", "title");
    column->addWidget(title);

    auto *quick = new QGridLayout;
    quick->setHorizontalSpacing(space::m);
    quick->setVerticalSpacing(space::m);
    int place = 0;
    QWidget *first = nullptr;
    for (const auto &entry : content.quickStarts) {
        auto *button = new EntryButton(entry, true);
        first = first ? first : button;
        quick->addWidget(button, place / 4, place % 4);
        ++place;
    }
    for (int i = 0; i < 4; ++i)
        quick->setColumnStretch(i, 1);
    column->addLayout(quick);
    for (const auto &make : content.widgets) {
        column->addSpacing(space::s);
        column->addWidget(make(workbench));
    }

    auto *grid = new QGridLayout; // two columns of lists
    grid->setHorizontalSpacing(space::xl);
    grid->setVerticalSpacing(space::xl);
    place = 0;
    for (const auto &section : content.sections) {
        auto *whole = new QWidget;
        auto *list = new QVBoxLayout(whole);
        list->setContentsMargins(0, 0, 0, 0);
        list->setSpacing(space::xs);
        list->addWidget(heading(section.title));
        auto *rows = new QVBoxLayout;
        rows->setSpacing(0);
        list->addLayout(rows);
        list->addStretch(1);
        m_sections.push_back({whole, rows});
        if (section.emptyText.isEmpty()) { // What may hide stands over the whole width, so that it leaves no hole.
            column->addWidget(whole);
            list->setContentsMargins(0, space::s, 0, 0);
            whole->hide();
        } else {
            grid->addWidget(whole, place / 2, place % 2);
            ++place;
        }
    }
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    column->addSpacing(space::s);
    column->addLayout(grid);
    column->addStretch(1);

    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setWidget(inside);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto *wholePage = new QVBoxLayout(this);
    wholePage->setContentsMargins(0, 0, 0, 0);
    wholePage->addWidget(scroll);
    if (first)
        setFocusProxy(first);
}

void HomePage::showEvent(QShowEvent *event)
{
    Document::showEvent(event);
    refresh();
}

void HomePage::refresh()
{
    for (size_t i = 0; i < m_sections.size(); ++i) {
        m_content.sections[i].load([this, guard = QPointer(this), i](const std::vector<HomeEntry> &entries) {
            if (!guard)
                return;
            const auto &section = m_sections[i];
            while (auto *item = section.rows->takeAt(0)) {
                if (item->widget())
                    item->widget()->deleteLater();
                delete item;
            }
            for (const auto &entry : entries)
                section.rows->addWidget(new EntryButton(entry, false));
            if (entries.empty() && !m_content.sections[i].emptyText.isEmpty()) {
                auto *none = new QLabel(m_content.sections[i].emptyText);
                none->setProperty("role", "muted");
                none->setWordWrap(true);
                none->setContentsMargins(space::s, space::s, 0, 0);
                section.rows->addWidget(none);
            }
            section.whole->setVisible(!entries.empty() || !m_content.sections[i].emptyText.isEmpty());
        });
    }
}

} // namespace ui
