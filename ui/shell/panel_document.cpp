#include "ui/shell/panel_document.h"

#include <QVBoxLayout>

namespace ui {

PanelDocument::PanelDocument(QString kind, QString iconName, QWidget &panel, std::function<void()> giveBack, QWidget *parent)
    : Document(parent)
    , m_kind(std::move(kind))
    , m_iconName(std::move(iconName))
    , m_panel(&panel)
    , m_giveBack(std::move(giveBack))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(&panel);
    panel.show();
    setFocusProxy(&panel);
    connect(&panel, &QWidget::windowTitleChanged, this, &Document::titleChanged);
}

PanelDocument::~PanelDocument()
{
    if (!m_panel)
        return;
    disconnect(m_panel, nullptr, this, nullptr);
    m_giveBack();
}

QString PanelDocument::title() const
{
    return !m_panel || m_panel->windowTitle().isEmpty() ? tr("Agent") : tr("Agent: %1").arg(m_panel->windowTitle().left(40));
}

} // namespace ui
