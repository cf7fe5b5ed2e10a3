#pragma once

#include "ui/conversation/past_session_model.h"
#include "ui/shell/document.h"
#include "ui/shell/workbench.h"

#include <functional>
#include <memory>

class QLineEdit;
class QListView;
class QMenu;
class QStackedWidget;
class QToolButton;

namespace ui {

class Banner;
class EmptyState;

/// The list of sessions with all agents: read, renamed, pinned, archived, deleted. Kind "sessions".
class SessionsPage : public Document
{
    Q_OBJECT

public:
    /// Told before a session's log is deleted, so that nobody writes to it any more.
    using Leave = std::function<void(const QString &runId)>;

    /// `marks` outlives the page.
    SessionsPage(Workbench &workbench, std::shared_ptr<SessionStore> store, SessionMarks &marks, Leave leave, QWidget *parent = nullptr);
    ~SessionsPage() override;

    QString kind() const override { return "sessions"; }
    QString title() const override { return tr("Sessions"); }
    QString iconName() const override { return "session"; }
    QJsonObject state() const override;
    void restore(const QJsonObject &state) override;

    void reload();

protected:
    void showEvent(QShowEvent *event) override;

private:
    void open(const QModelIndex &index);
    void showWhatThereIs();
    void showMenu(const QPoint &at);
    void rename(const QModelIndex &index);
    void offerDeletion(const QModelIndex &index);
    void remove(const QString &runId);

    Workbench &m_workbench;
    std::shared_ptr<SessionStore> m_store;
    SessionMarks &m_marks;
    const Leave m_leave;
    PastSessionModel m_model;
    std::stop_source m_stop;
    bool m_loading = false;
    QLineEdit *m_filter;
    QToolButton *m_archived;
    Banner *m_banner;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    QListView *m_list;
};

} // namespace ui
