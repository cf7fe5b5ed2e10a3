#include "ui/conversation/completion_list.h"

#include "ui/shell/choice_delegate.h"
#include "ui/shell/theme.h"

#include <QLabel>
#include <QListView>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {
namespace {

constexpr int shownRows = 8;
constexpr int widest = 560;

} // namespace

CompletionList::CompletionList(QWidget &field)
    : m_field(field)
    , m_list(new QListView)
    , m_note(new QLabel)
{
    setProperty("role", "popup");
    setFocusPolicy(Qt::NoFocus);
    m_list->setModel(&m_model);
    m_list->setItemDelegate(new ChoiceDelegate(m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_note->setProperty("role", "small");
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_note->setContentsMargins(space::s, 0, space::s, space::xs);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::xs, space::xs, space::xs, space::xs);
    column->setSpacing(space::xs);
    column->addWidget(m_list);
    column->addWidget(m_note);
    connect(m_list, &QListView::entered, this, [this](const QModelIndex &index) { m_list->setCurrentIndex(index); });
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex &index) {
        m_list->setCurrentIndex(index);
        runCurrent();
    });
    hide();
}

void CompletionList::show(const QString &name, std::vector<Choice> choices, const QString &note)
{
    setAccessibleName(name);
    m_list->setAccessibleName(name);
    m_model.setChoices(std::move(choices));
    const int rows = m_model.rowCount();
    m_list->setVisible(rows > 0);
    m_list->setFixedHeight(std::min(rows, shownRows) * ChoiceDelegate::rowHeight() + 4);
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
    if (rows == 0 && note.isEmpty()) {
        hide();
        return;
    }
    m_list->setCurrentIndex(m_model.index(0));
    if (parentWidget() != m_field.window())
        setParent(m_field.window());
    place();
    QFrame::show();
    raise();
}

void CompletionList::place()
{
    if (!parentWidget())
        return;
    const QRect field(m_field.mapTo(parentWidget(), QPoint(0, 0)), m_field.size());
    const int width = std::min(field.width(), widest);
    setFixedWidth(width);
    adjustSize();
    const int above = field.top() - height() - space::xs;
    move(field.left(), above >= 0 ? above : field.bottom() + space::xs);
}

int CompletionList::current() const { return m_list->currentIndex().row(); }

void CompletionList::moveCurrent(int step)
{
    const int count = m_model.rowCount();
    if (count > 0)
        m_list->setCurrentIndex(m_model.index((current() + step + count) % count));
}

void CompletionList::runCurrent()
{
    if (current() < 0)
        return;
    const auto run = m_model.choiceAt(current()).run; // Running it makes another list.
    run();
}

} // namespace ui
