#include "ui/conversation/question_pointer.h"

#include "ui/shell/elided_label.h"
#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace ui {

QuestionPointer::QuestionPointer(QWidget *parent)
    : QFrame(parent)
    , m_text(new ElidedLabel)
    , m_button(new QPushButton)
{
    setProperty("role", "question");
    auto *icon = new QLabel;
    icon->setPixmap(Theme::icon("question", Theme::colors().accent).pixmap(QSize(16, 16), devicePixelRatioF()));
    m_button->setProperty("variant", "plain");
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(space::m, space::xs, space::xs, space::xs);
    row->setSpacing(space::s);
    row->addWidget(icon);
    row->addWidget(m_text, 1);
    row->addWidget(m_button);
    setFocusProxy(m_button);
    connect(m_button, &QPushButton::clicked, this, &QuestionPointer::clicked);
    hide();
}

void QuestionPointer::point(const QString &question, const QString &place)
{
    m_text->setWholeText(question);
    m_button->setText(tr("Answer in %1").arg(place));
    m_button->setAccessibleDescription(question);
    setAccessibleName(tr("Question: %1").arg(question));
}

QString QuestionPointer::text() const { return m_text->accessibleName(); }

} // namespace ui
