#include "ui/workflows/fold.h"

#include "ui/shell/theme.h"

namespace ui {

Fold::Fold(const QString &title, QWidget *content, QWidget *parent)
    : QWidget(parent)
    , m_button(new QToolButton)
{
    m_button->setText(title);
    m_button->setAccessibleName(title);
    m_button->setCheckable(true);
    m_button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_button->setIcon(Theme::icon(QStringLiteral("chevron-right"), {}));
    m_button->setIconSize({14, 14});
    m_button->setStyleSheet(QStringLiteral("QToolButton:checked { background: transparent; }"));
    m_button->setFocusPolicy(Qt::StrongFocus);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::xs);
    column->addWidget(m_button, 0, Qt::AlignLeft);
    column->addWidget(content);
    content->hide();
    connect(m_button, &QToolButton::toggled, this, [this, content](bool open) {
        content->setVisible(open);
        m_button->setIcon(Theme::icon(open ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"), {}));
    });
}

} // namespace ui
