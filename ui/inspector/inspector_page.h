#pragma once

#include "ui/inspector/wire_model.h"
#include "ui/shell/document.h"
#include "ui/shell/session_store.h"
#include "ui/shell/wire_log.h"
#include "ui/shell/workbench.h"

#include <QTimer>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSplitter;
class QStackedWidget;

namespace ui {

class Banner;
class EmptyState;
class MessageDetail;
class WireList;

/// Every ACP line of a connection with an agent, live or from a session's log. Kind "inspector"; state {"runId", "title"} for a past
/// session, {"connection": id} for a connection, {} for the newest one; the filter is in it too.
class InspectorPage : public Document
{
    Q_OBJECT

public:
    /// `logs` must outlive the page.
    InspectorPage(Workbench &workbench, WireLogs &logs, std::shared_ptr<SessionStore> store, QWidget *parent = nullptr);
    ~InspectorPage() override;

    /// For DocumentKind::identity: one page for each past session, for each connection, and one for the newest connection.
    static QString identity(const QJsonObject &state);

    QString kind() const override { return "inspector"; }
    QString title() const override;
    QString iconName() const override { return "inspector"; }
    QJsonObject state() const override;
    void restore(const QJsonObject &state) override;
    QList<QAction *> documentActions() const override { return m_actions; }

    const WireModel &model() const { return m_model; }
    bool isPaused() const { return m_isPaused; }

    void setPaused(bool paused);
    void clear();
    /// Writes to a file on a worker; the outcome is said in the page.
    void exportTo(const QString &path, bool shownOnly);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    QLayout *buildHead();
    QLayout *buildFilters();
    void addActions();
    bool isPast() const { return !m_runId.isEmpty(); }
    void load();
    void showConnection();
    void fillConnections();
    void fillSessions();
    void poll();
    void applyFilter();
    void clearFilter();
    void choose(std::uint64_t number);
    void goToPartner();
    void copyLine(std::uint64_t number);
    void askForFile(bool shownOnly);
    void showWhatThereIs();
    void showCounts();

    Workbench &m_workbench;
    WireLogs &m_logs;
    std::shared_ptr<SessionStore> m_store;
    WireModel m_model;
    QString m_runId;
    QString m_title;
    QString m_connection; // chosen; empty: the newest
    bool m_isPaused = false;
    bool m_isLoading = false;
    bool m_isExporting = false;
    std::uint64_t m_chosen = 0;
    std::stop_source m_stop;       // of the reading
    std::stop_source m_exportStop;
    QTimer m_polling;
    QTimer m_filtering; // a pause in typing
    QList<QAction *> m_actions;
    QLabel *m_heading;
    QComboBox *m_connections;
    QPushButton *m_pause;
    QPushButton *m_clear;
    QPushButton *m_export;
    QLineEdit *m_text;
    QComboBox *m_kinds;
    QComboBox *m_directions;
    QComboBox *m_sessions;
    QCheckBox *m_problemsOnly;
    Banner *m_banner;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    QSplitter *m_splitter;
    WireList *m_list;
    MessageDetail *m_detail;
    QLabel *m_counts;
};

} // namespace ui
