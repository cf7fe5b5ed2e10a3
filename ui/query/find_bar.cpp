#include "ui/query/find_bar.h"

#include "ui/query/cell_text.h"
#include "ui/query/hogql_editor.h"
#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace ui {

FindBar::FindBar(HogqlEditor *editor, QWidget *parent)
    : QFrame(parent)
    , m_editor(editor)
    , m_text(new QLineEdit)
    , m_replaceRow(new QWidget)
    , m_replacement(new QLineEdit)
    , m_count(new QLabel)
    , m_case(new QToolButton)
{
    m_text->setPlaceholderText(tr("Find in the query"));
    m_text->setAccessibleName(tr("Find in the query"));
    m_count->setProperty("role", "small");
    m_count->setMinimumWidth(72);
    m_case->setText(QStringLiteral("Aa"));
    m_case->setCheckable(true);
    m_case->setToolTip(tr("Match upper and lower case"));
    m_case->setAccessibleName(m_case->toolTip());
    const auto button = [&](const QString &icon, const QString &name, auto run) {
        auto *made = new QToolButton;
        made->setIcon(Theme::icon(icon));
        made->setToolTip(name);
        made->setAccessibleName(name);
        connect(made, &QToolButton::clicked, this, run);
        return made;
    };
    m_replacement->setPlaceholderText(tr("Replace with"));
    m_replacement->setAccessibleName(tr("Replace with"));
    auto *one = new QPushButton(tr("Replace"));
    auto *every = new QPushButton(tr("Replace all"));
    one->setProperty("variant", "plain");
    every->setProperty("variant", "plain");
    connect(one, &QPushButton::clicked, this, [this] {
        m_editor->replaceNext(m_text->text(), m_replacement->text(), m_case->isChecked());
        refresh();
    });
    connect(every, &QPushButton::clicked, this, [this] {
        const int count = m_editor->replaceEvery(m_text->text(), m_replacement->text(), m_case->isChecked());
        refresh();
        m_count->setText(tr("%1 replaced").arg(count));
    });
    auto *replaceLine = new QHBoxLayout(m_replaceRow);
    replaceLine->setContentsMargins(0, 0, 0, 0);
    replaceLine->setSpacing(space::xs);
    replaceLine->addWidget(m_replacement, 1);
    replaceLine->addWidget(one);
    replaceLine->addWidget(every);
    auto *rows = new QVBoxLayout(this);
    rows->setContentsMargins(space::s, space::xs, space::s, space::xs);
    rows->setSpacing(space::xs);
    auto *row = new QHBoxLayout;
    rows->addLayout(row);
    rows->addWidget(m_replaceRow);
    row->setSpacing(space::xs);
    row->addWidget(m_text, 1);
    row->addWidget(m_count);
    row->addWidget(m_case);
    row->addWidget(button(QStringLiteral("chevron-up"), tr("Previous (Shift+Enter)"),
                          [this] { m_editor->findNext(m_text->text(), true, m_case->isChecked()); }));
    row->addWidget(button(QStringLiteral("chevron-down"), tr("Next (Enter)"),
                          [this] { m_editor->findNext(m_text->text(), false, m_case->isChecked()); }));
    row->addWidget(button(QStringLiteral("close"), tr("Close (Esc)"), [this] { dismiss(); }));
    connect(m_text, &QLineEdit::textChanged, this, [this] { refresh(); });
    connect(m_case, &QToolButton::toggled, this, [this] { refresh(); });
    hide();
}

void FindBar::open(bool withReplacement)
{
    m_replaceRow->setVisible(withReplacement);
    const QString selected = m_editor->textCursor().selectedText();
    if (!selected.isEmpty() && !selected.contains(QChar::ParagraphSeparator))
        m_text->setText(selected);
    show();
    m_text->selectAll();
    m_text->setFocus();
    refresh();
}

void FindBar::dismiss()
{
    hide();
    m_editor->highlightMatches({}, false);
    m_editor->setFocus();
}

void FindBar::refresh()
{
    const int matches = m_editor->highlightMatches(m_text->text(), m_case->isChecked());
    m_count->setText(m_text->text().isEmpty() ? QString() : matches == 0 ? tr("no match") : counted(matches, tr("match"), tr("matches")));
}

void FindBar::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape) {
        dismiss();
        return;
    }
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_replacement->hasFocus()) {
        m_editor->replaceNext(m_text->text(), m_replacement->text(), m_case->isChecked());
        refresh();
        return;
    }
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        m_editor->findNext(m_text->text(), event->modifiers() & Qt::ShiftModifier, m_case->isChecked());
        return;
    }
    QFrame::keyPressEvent(event);
}

} // namespace ui
