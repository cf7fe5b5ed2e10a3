#include "ui/workflows/parameter_page.h"

#include "ui/shell/theme.h"
#include "ui/workflows/parameter_form.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace ui {

ParameterPage::ParameterPage(QWidget *parent)
    : QScrollArea(parent)
    , m_form(new ParameterForm)
{
    auto *content = new QWidget;
    content->setProperty("role", "plain");
    auto *title = new QLabel(tr("Parameters"));
    title->setProperty("role", "title");
    auto *hint = new QLabel(tr("The run starts again from its first step. What was found stays until the new step replaces it."));
    hint->setProperty("role", "muted");
    hint->setWordWrap(true);
    auto *start = new QPushButton(tr("Run with these"));
    start->setProperty("variant", "primary");
    auto *back = new QPushButton(tr("Back"));
    connect(start, &QPushButton::clicked, this, &ParameterPage::submitted);
    connect(m_form, &ParameterForm::submitted, this, &ParameterPage::submitted);
    connect(back, &QPushButton::clicked, this, &ParameterPage::left);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::s);
    buttons->addWidget(start);
    buttons->addWidget(back);
    buttons->addStretch(1);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(space::xl, space::l, space::xl, space::xl);
    column->setSpacing(space::m);
    column->addWidget(title);
    column->addWidget(hint);
    column->addWidget(m_form);
    column->addLayout(buttons);
    column->addStretch(1);
    setWidget(content);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
}

} // namespace ui
