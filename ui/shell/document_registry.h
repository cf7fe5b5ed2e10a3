#pragma once

#include "ui/shell/document.h"
#include "ui/shell/workbench.h"

#include <functional>
#include <map>

namespace ui {

/// How documents of one kind are made.
struct DocumentKind {
    QString kind;
    QString title;    // of a new one, until it says otherwise
    QString iconName;
    std::function<Document *(Workbench &)> make;

    /// What tells two documents of this kind apart; the same text brings the open one to front. Empty text: always a new tab.
    /// Left out: there is one document of the kind.
    std::function<QString(const QJsonObject &state)> identity;

    /// The place on the rail it belongs to; empty: the one of its own kind.
    QString place;
};

/// The kinds of documents the window can open, filled by app before the window shows.
class DocumentRegistry
{
public:
    void add(DocumentKind kind) { m_kinds.insert_or_assign(kind.kind, kind); }
    const DocumentKind *find(const QString &kind) const
    {
        const auto found = m_kinds.find(kind);
        return found == m_kinds.end() ? nullptr : &found->second;
    }

private:
    std::map<QString, DocumentKind> m_kinds;
};

/// For DocumentKind::identity: one document for each value of a key of the state.
inline std::function<QString(const QJsonObject &)> oneFor(const QString &key)
{
    return [key](const QJsonObject &state) { return state.value(key).toString(); };
}

/// For DocumentKind::identity: each open makes a new document.
inline QString alwaysNew(const QJsonObject &) { return {}; }

} // namespace ui
