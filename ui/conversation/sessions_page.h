#pragma once

#include "ui/shell/document.h"
#include "ui/shell/session_store.h"
#include "ui/shell/workbench.h"

#include <QAbstractListModel>
#include <QDateTime>

#include <memory>

class QLineEdit;
class QListView;
class QStackedWidget;

namespace ui {

class Banner;
class EmptyState;

/// Past sessions, newest first, those whose title or id holds the filter's words.
class PastSessionModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { RunIdRole = Qt::UserRole, WhenRole, WorkflowRole, RunningRole };

    using QAbstractListModel::QAbstractListModel;

    void setSessions(std::vector<PastSession> sessions);
    void setFilter(const QString &filter);
    bool hasAny() const { return !m_all.empty(); }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    void apply();

    std::vector<PastSession> m_all;
    std::vector<size_t> m_shown;
    QString m_filter;
};

/// "Today 14:05", "Yesterday 09:12", "3 Nov 2026"; local time.
QString whenText(const QString &isoUtc, const QDateTime &now);

/// The list of past sessions. Kind "sessions".
class SessionsPage : public Document
{
    Q_OBJECT

public:
    SessionsPage(Workbench &workbench, std::shared_ptr<SessionStore> store, QWidget *parent = nullptr);
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

    Workbench &m_workbench;
    std::shared_ptr<SessionStore> m_store;
    PastSessionModel m_model;
    std::stop_source m_stop;
    bool m_loading = false;
    QLineEdit *m_filter;
    Banner *m_banner;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    QListView *m_list;
};

} // namespace ui
