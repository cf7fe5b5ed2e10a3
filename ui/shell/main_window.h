#pragma once

#include "ui/shell/action_registry.h"
#include "ui/shell/background_tasks.h"
#include "ui/shell/banner.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/document_registry.h"
#include "ui/shell/json_file.h"
#include "ui/shell/status_line.h"
#include "ui/shell/workbench.h"

#include <QMainWindow>
#include <QTimer>

class QSplitter;
class QVBoxLayout;

namespace ui {

class DocumentTabs;
class Rail;
class Toast;

/// The window: rail, tabs, agent panel, status line, and what stands over them (palette, toasts, banners). It knows documents
/// only through Document, and the agent panel only as a widget.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    /// Documents and geometry are kept in `dataFolder`/window.
    explicit MainWindow(const QString &dataFolder, QWidget *parent = nullptr);
    ~MainWindow() override;

    Workbench &workbench();
    DocumentRegistry &documents() { return m_registry; }
    ActionRegistry &actions() { return m_actions; }
    BackgroundTasks &tasks() { return m_tasks; }
    StatusLine &statusLine() { return *m_status; }
    CommandPalette &palette() { return *m_palette; }
    DocumentTabs &tabs() { return *m_tabs; }
    Rail &rail() { return *m_rail; }

    /// A place on the rail; the first six get Ctrl+1 to Ctrl+6. `kind` is a document's.
    void addPlace(const QString &kind, const QString &label, const QString &iconName, bool atBottom = false);

    /// The panel at the right; its focus proxy gets the focus. The window owns it.
    void setAgentPanel(QWidget *panel);
    void setAgentVisible(bool visible);
    bool isAgentVisible() const; // in a tab: in front

    /// Moves the panel into a tab of its own, for long sessions, or back to the side.
    void setAgentInTab(bool inTab);
    bool isAgentInTab() const;

    /// What quick open (Ctrl+P) lists beside the open documents. Asked each time it opens.
    void addQuickOpenSource(std::function<std::vector<Choice>()> source);

    void setDriver(std::shared_ptr<posthog::Driver> driver);

    /// A message over the documents, for what concerns the whole window. One a topic: the same topic again replaces it.
    void showBanner(const QString &topic, Banner::Severity severity, const QString &text, const QString &action = {},
                    std::function<void()> run = {});
    void dismissBanner(const QString &topic);
    QString bannerText(const QString &topic) const;

    void showToast(const QString &text);
    QString toastText() const;

    /// Opens what was open at the last exit, or Home. Call once, after kinds and places are known.
    void restoreDocuments();
    void saveNow(); // and waits for the disk

    void openPalette();
    void openQuickOpen();

signals:
    void agentAsked(const QString &text, const QJsonObject &context);
    void agentPlaceChanged(bool inTab);
    void aboutToClose();

protected:
    void closeEvent(QCloseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    class Bench;

    void addActions();
    void putAgentAtTheSide();
    void refreshTitle();
    void focusRegion(int step);
    void showTasks();
    void placeTasks();
    QJsonObject save() const;

    ActionRegistry m_actions;
    DocumentRegistry m_registry;
    BackgroundTasks m_tasks;
    JsonFile m_store;
    std::unique_ptr<Bench> m_bench;
    std::shared_ptr<posthog::Driver> m_driver;
    std::vector<std::function<std::vector<Choice>()>> m_quickOpen;
    std::map<QString, Banner *> m_banners;
    Rail *m_rail;
    DocumentTabs *m_tabs;
    QVBoxLayout *m_bannerColumn;
    QSplitter *m_splitter;
    QWidget *m_agentPanel = nullptr;
    StatusLine *m_status;
    CommandPalette *m_palette;
    QFrame *m_tasksPopup = nullptr;
    Toast *m_toast;
    QTimer m_saving;
    bool m_restored = false;
};

} // namespace ui
