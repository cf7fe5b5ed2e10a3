#pragma once

#include "ui/shell/json_file.h"

#include <QObject>

#include <vector>

namespace ui {

/// A search and a condition under a name, for one object.
struct SavedFilter {
    QString name;
    QString object;
    QString search;
    QString where;
    QJsonObject values; // for {placeholders} in `where`

    QJsonObject place() const; // as ExplorePage::go() takes it
    bool fits(const QJsonObject &place) const; // whether the place shows just this

    friend bool operator==(const SavedFilter &, const SavedFilter &) = default;
};

/// The user's filters of Explore, kept on disk. All pages share one.
class SavedFilters : public QObject
{
    Q_OBJECT

public:
    /// `path`: the file; empty keeps them in memory.
    explicit SavedFilters(const QString &path, QObject *parent = nullptr);

    /// Where a file that could not be read lies now; empty when all was well.
    const QString &setAside() const { return m_setAside; }

    std::vector<SavedFilter> of(const QString &object) const; // by name
    void keep(const SavedFilter &filter);                     // one of that name and object is replaced
    void remove(const QString &object, const QString &name);

signals:
    void changed();

private:
    void save();

    std::unique_ptr<JsonFile> m_file;
    QString m_setAside;
    std::vector<SavedFilter> m_filters;
};

} // namespace ui
