#pragma once

#include "ui/shell/document_registry.h"

#include <QJsonArray>
#include <QPointer>

#include <map>

class QStackedWidget;
class QTabBar;
class QToolButton;

namespace ui {

/// The open documents: one tab each, movable, closable, the last closed ones to be had again. A restored document is made when
/// its tab first comes to front, so that a window with many tabs opens as fast as one with a single tab.
class DocumentTabs : public QWidget
{
    Q_OBJECT

public:
    DocumentTabs(const DocumentRegistry &registry, Workbench &workbench, QWidget *parent = nullptr);

    /// Opens a new document, or brings the one with the same identity to front. Null: no such kind.
    Document *open(const QString &kind, const QJsonObject &state);

    /// Brings the document of this kind that was last in front, or opens a new one.
    Document *show(const QString &kind);

    /// Brings the document to front that was there before the present one.
    void showBefore();

    /// Makes the restored documents of a kind now, though they are not in front.
    void makeNow(const QString &kind);

    void close(const QString &kind); // all of it

    Document *current() const;
    int count() const;
    void next(int step);
    void closeCurrent();
    bool reopenClosed();

    /// For quick open: title, icon and what brings it to front, in the order of the tabs.
    struct Listed {
        int id;
        QString title;
        QString kind;
        QString iconName;
    };
    std::vector<Listed> list() const;
    void bringToFront(int id);

    /// Documents of a kind as they are saved ({"kind", "title", "icon", "state"}): the open ones, last used first, then the
    /// closed ones that are kept.
    std::vector<QJsonObject> recent(const QString &kind) const;

    /// Everything needed to have the tabs again after a restart.
    QJsonObject save() const;
    void restore(const QJsonObject &saved);

signals:
    void currentChanged(ui::Document *document); // null: nothing is open
    void changed();                          // something worth saving

private:
    struct Entry {
        QPointer<Document> document; // null until made
        QString kind;
        QJsonObject state; // what to make it from; of a kind that is not known, kept as it is
        QString title;
        QString iconName;
        QWidget *page = nullptr; // in the stack
        qint64 lastUsed = 0;
    };

    int addEntry(Entry entry, int at);
    void make(int id);
    void closeTab(int index);
    void onCurrentChanged(int index);
    void refreshTab(int id);
    int idAt(int index) const;
    int indexOf(int id) const;
    QJsonObject saved(const Entry &entry) const;

    const DocumentRegistry &m_registry;
    Workbench &m_workbench;
    QTabBar *m_bar;
    QStackedWidget *m_stack;
    QWidget *m_nothing;
    std::map<int, Entry> m_entries;
    QJsonArray m_closed; // saved entries, last closed at the end
    int m_nextId = 1;
    qint64 m_uses = 0;
    bool m_restoring = false;
};

} // namespace ui
