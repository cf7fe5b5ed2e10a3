#pragma once

#include "ui/shell/document.h"
#include "ui/shell/agent_setup.h"
#include "ui/shell/model_setup.h"
#include "ui/shell/project_connection.h"
#include "ui/shell/workbench.h"

class QButtonGroup;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace ui {

class Banner;

/// Theme, text size, the project's connection, and where language models come from. Kind "settings". A change of look takes hold at once; `changed` is told so
/// that app keeps it.
class SettingsPage : public Document
{
    Q_OBJECT

public:
    SettingsPage(Workbench &workbench, ProjectConnection &connection, ModelSetup &models, AgentSetup &agents, std::function<void(ThemeChoice, double)> lookChanged,
                 QWidget *parent = nullptr);

    QString kind() const override { return "settings"; }
    QString title() const override { return tr("Settings"); }
    QString iconName() const override { return "settings"; }

private:
    QWidget *makeLook();
    QWidget *makeProject();
    void refreshProject();
    ProjectChoice entered() const;
    std::optional<std::string> enteredKey() const;
    void test();
    void connectNow();

    Workbench &m_workbench;
    ProjectConnection &m_connection;
    std::function<void(ThemeChoice, double)> m_lookChanged;
    Banner *m_banner;
    QComboBox *m_theme;
    QComboBox *m_size;
    QButtonGroup *m_kind;
    QWidget *m_cloud;
    QLineEdit *m_host;
    QLineEdit *m_projectId;
    QLineEdit *m_key;
    QPushButton *m_test;
    QPushButton *m_use;
};

} // namespace ui
