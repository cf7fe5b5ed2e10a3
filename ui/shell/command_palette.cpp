#include "ui/shell/command_palette.h"

#include "ui/shell/choice_delegate.h"
#include "ui/shell/fuzzy.h"
#include "ui/shell/theme.h"

#include <QApplication>
#include <QGraphicsDropShadowEffect>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

void ChoiceModel::setChoices(std::vector<Choice> choices)
{
    beginResetModel();
    m_choices = std::move(choices);
    m_pattern.clear();
    rank();
    endResetModel();
}

void ChoiceModel::setPattern(const QString &pattern)
{
    beginResetModel();
    m_pattern = pattern.trimmed();
    rank();
    endResetModel();
}

void ChoiceModel::rank()
{
    std::vector<std::pair<int, size_t>> scored;
    for (size_t i = 0; i < m_choices.size(); ++i) {
        const auto &choice = m_choices[i];
        if (const auto score = fuzzyScore(m_pattern, choice.text))
            scored.emplace_back(*score, i);
        else if (const auto inDetail = fuzzyScore(m_pattern, choice.text + ' ' + choice.detail))
            scored.emplace_back(*inDetail - 500, i);
    }
    std::stable_sort(scored.begin(), scored.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
    m_shown.clear();
    for (const auto &[score, index] : scored)
        m_shown.push_back(index);
}

int ChoiceModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_shown.size()); }

QVariant ChoiceModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto &choice = choiceAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return choice.text;
    case Qt::AccessibleTextRole:
        return choice.hint.isEmpty() ? choice.text : choice.text + ", " + choice.hint;
    case Qt::DecorationRole:
        return choice.iconName.isEmpty() ? QVariant() : Theme::icon(choice.iconName, Theme::colors().muted);
    case DetailRole:
        return choice.detail;
    case HintRole:
        return choice.hint;
    default:
        return {};
    }
}

CommandPalette::CommandPalette(QWidget *window)
    : QFrame(window)
    , m_window(window)
    , m_input(new QLineEdit)
    , m_list(new QListView)
    , m_none(new QLabel(tr("Nothing fits.")))
{
    setProperty("role", "popup");
    setAccessibleName(tr("Command palette"));
    m_input->setAccessibleName(tr("Type to search"));
    m_input->setClearButtonEnabled(false);
    m_list->setAccessibleName(tr("Choices"));
    m_list->setModel(&m_model);
    m_list->setItemDelegate(new ChoiceDelegate(m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_none->setProperty("role", "muted");
    m_none->setAlignment(Qt::AlignCenter);
    m_none->setMinimumHeight(ChoiceDelegate::rowHeight() * 2);
    auto *line = new QFrame;
    line->setProperty("role", "line");

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::s, space::s, space::s, space::s);
    column->setSpacing(space::xs);
    column->addWidget(m_input);
    column->addWidget(line);
    column->addWidget(m_list);
    column->addWidget(m_none);

    auto *shadow = new QGraphicsDropShadowEffect(this);
    shadow->setBlurRadius(40);
    shadow->setOffset(0, 8);
    shadow->setColor(QColor(0, 0, 0, 140));
    setGraphicsEffect(shadow);

    connect(m_input, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_model.setPattern(text);
        select(0);
        place();
    });
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex &index) { runRow(index.row()); });
    connect(m_list, &QListView::entered, this, [this](const QModelIndex &index) { select(index.row()); });
    m_input->installEventFilter(this);
    m_window->installEventFilter(this);
    hide();
}

void CommandPalette::open(const QString &placeholder, std::vector<Choice> choices)
{
    if (!isOpen())
        m_focusBefore = QApplication::focusWidget();
    m_input->setPlaceholderText(placeholder);
    m_model.setChoices(std::move(choices));
    m_input->clear();
    select(0);
    place();
    show();
    raise();
    m_input->setFocus();
    qApp->installEventFilter(this);
}

void CommandPalette::closePalette()
{
    if (!isOpen())
        return;
    qApp->removeEventFilter(this);
    hide();
    if (m_focusBefore)
        m_focusBefore->setFocus();
}

void CommandPalette::runRow(int row)
{
    if (row < 0 || row >= m_model.rowCount())
        return;
    const auto run = m_model.choiceAt(row).run;
    closePalette();
    if (run)
        run();
}

void CommandPalette::select(int row)
{
    const auto count = m_model.rowCount();
    m_none->setVisible(count == 0);
    m_list->setVisible(count > 0);
    if (count > 0)
        m_list->setCurrentIndex(m_model.index((row + count) % count));
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_window && event->type() == QEvent::Resize && isOpen())
        place();
    if (isOpen() && event->type() == QEvent::MouseButtonPress && watched->isWidgetType()) {
        auto *widget = static_cast<QWidget *>(watched);
        if (widget->window() == m_window && widget != this && !isAncestorOf(widget)) {
            closePalette();
            return true;
        }
    }
    if (watched == m_input && event->type() == QEvent::ShortcutOverride) {
        if (static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape) {
            event->accept(); // Esc is ours while we are open; the window's own Esc must not see it.
            return true;
        }
    }
    if (watched == m_input && event->type() == QEvent::KeyPress) {
        const int row = m_list->currentIndex().row();
        const int page = std::max(1, m_list->height() / ChoiceDelegate::rowHeight() - 1);
        switch (static_cast<QKeyEvent *>(event)->key()) {
        case Qt::Key_Escape:
            closePalette();
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            runRow(row);
            return true;
        case Qt::Key_Tab: // The focus stays in the palette while it is open.
        case Qt::Key_Down:
            select(row + 1);
            return true;
        case Qt::Key_Backtab:
        case Qt::Key_Up:
            select(row - 1);
            return true;
        case Qt::Key_PageDown:
            select(std::min(row + page, m_model.rowCount() - 1));
            return true;
        case Qt::Key_PageUp:
            select(std::max(row - page, 0));
            return true;
        default:
            break;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void CommandPalette::place()
{
    const int width = std::min(620, m_window->width() - 2 * space::xl);
    const int rows = std::clamp(m_model.rowCount(), 1, 11);
    m_list->setFixedHeight(rows * ChoiceDelegate::rowHeight() + 4);
    setFixedWidth(width);
    adjustSize();
    move((m_window->width() - width) / 2, std::min(72, m_window->height() / 8));
}

} // namespace ui
