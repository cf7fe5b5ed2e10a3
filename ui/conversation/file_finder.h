#pragma once

#include "ui/conversation/file_names.h"

#include <QElapsedTimer>
#include <QObject>
#include <QStringList>

#include <memory>

namespace ui {

/// Finds files of one folder by what is typed of their names. Lists and compares on workers: typing never waits.
class FileFinder : public QObject
{
    Q_OBJECT

public:
    static constexpr std::size_t mostNames = 50'000;
    static constexpr std::size_t mostFound = 25;

    explicit FileFinder(QObject *parent = nullptr);
    ~FileFinder() override;

    /// What is known of a folder before is forgotten.
    void setFolder(std::shared_ptr<FileNames> names, const QString &folder);
    bool hasFolder() const { return m_names && !m_folder.isEmpty(); }

    /// found() follows, unless another find() comes first. Names that are some seconds old are listed anew meanwhile.
    void find(const QString &pattern);

signals:
    /// The best first. `note`: what one should know of the list; may be empty.
    void found(const QString &pattern, const QStringList &names, const QString &note);

private:
    struct Known {
        std::vector<QString> names;
        QString note;
    };
    void list();
    void match();

    std::shared_ptr<FileNames> m_names;
    QString m_folder;
    std::shared_ptr<const Known> m_known;
    QElapsedTimer m_age;
    bool m_isListing = false;
    QString m_pattern;
    int m_folderCount = 0; // a listing of a folder before is dropped
    std::stop_source m_listStop;
    std::stop_source m_matchStop;
};

/// How well what is typed fits a path, or nothing: the file's own name counts more than its folders.
std::optional<int> fileScore(const QString &pattern, const QString &path);

} // namespace ui
