#pragma once

#include "ui/shell/document.h"

#include <QPointer>

#include <functional>

namespace ui {

/// A panel of the window as a tab of its own. It takes the panel as long as it is open, and gives it back when it closes.
/// The tab is called what the panel's window title says.
class PanelDocument : public Document
{
    Q_OBJECT

public:
    PanelDocument(QString kind, QString iconName, QWidget &panel, std::function<void()> giveBack, QWidget *parent = nullptr);
    ~PanelDocument() override;

    QString kind() const override { return m_kind; }
    QString title() const override;
    QString iconName() const override { return m_iconName; }

private:
    const QString m_kind;
    const QString m_iconName;
    QPointer<QWidget> m_panel;
    std::function<void()> m_giveBack;
};

} // namespace ui
