#include "ui/conversation/file_finder.h"

#include "ui/conversation/visible_text.h"
#include "ui/shell/background.h"
#include "ui/shell/fuzzy.h"

#include <QLocale>

#include <algorithm>

namespace ui {
namespace {

constexpr int freshMs = 10'000;

/// A name that a line of text cannot hold, or that would show as another, is not offered.
bool canBeNamed(const QString &name)
{
    return !name.contains('"') && !name.contains('\n') && !name.contains(QChar::ReplacementCharacter) && !hidesSomething(name);
}

QStringList bestOf(const std::vector<QString> &names, const QString &pattern, const std::stop_token &stop)
{
    std::vector<std::pair<int, size_t>> scored;
    for (size_t i = 0; i < names.size() && !stop.stop_requested(); ++i) {
        if (const auto score = fileScore(pattern, names[i]))
            scored.emplace_back(-*score, i); // Of the same score the one nearer to the top.
    }
    const auto end = scored.begin() + qptrdiff(std::min(scored.size(), FileFinder::mostFound));
    std::partial_sort(scored.begin(), end, scored.end());
    QStringList best;
    for (auto one = scored.begin(); one != end; ++one)
        best << names[one->second];
    return best;
}

} // namespace

std::optional<int> fileScore(const QString &pattern, const QString &path)
{
    const auto name = QStringView(path).mid(path.lastIndexOf('/') + 1);
    if (!pattern.contains('/')) {
        if (const auto score = fuzzyScore(pattern, name))
            return *score + 300;
    }
    return fuzzyScore(pattern, path);
}

FileFinder::FileFinder(QObject *parent)
    : QObject(parent)
{
}

FileFinder::~FileFinder()
{
    m_listStop.request_stop();
    m_matchStop.request_stop();
}

void FileFinder::setFolder(std::shared_ptr<FileNames> names, const QString &folder)
{
    if (names == m_names && folder == m_folder)
        return;
    m_listStop.request_stop();
    m_matchStop.request_stop();
    m_names = std::move(names);
    m_folder = folder;
    m_known.reset();
    m_isListing = false;
    ++m_folderCount;
}

void FileFinder::find(const QString &pattern)
{
    m_matchStop.request_stop();
    m_pattern = pattern;
    if (!hasFolder())
        return;
    if (!m_isListing && (!m_known || m_age.hasExpired(freshMs)))
        list();
    if (m_known)
        match();
}

void FileFinder::list()
{
    m_isListing = true;
    m_listStop = std::stop_source();
    inBackground([names = m_names, folder = m_folder.toStdString(), stop = m_listStop.get_token()] {
        auto known = std::make_shared<Known>();
        const auto listing = names->list(folder, mostNames, stop);
        if (!listing) {
            known->note = visibleText(listing.error().message);
            return std::shared_ptr<const Known>(known);
        }
        known->names.reserve(listing->names.size());
        for (const auto &name : listing->names) {
            if (auto text = QString::fromStdString(name); canBeNamed(text))
                known->names.push_back(std::move(text));
        }
        if (!listing->isComplete)
            known->note = tr("Of more than %1 files, those nearest to the top").arg(QLocale().toString(qulonglong(mostNames)));
        return std::shared_ptr<const Known>(known);
    }).then(this, [this, folderCount = m_folderCount](const std::shared_ptr<const Known> &known) {
        if (folderCount != m_folderCount)
            return;
        m_isListing = false;
        m_known = known;
        m_age.start();
        match();
    });
}

void FileFinder::match()
{
    m_matchStop.request_stop();
    m_matchStop = std::stop_source();
    inBackground([known = m_known, pattern = m_pattern, stop = m_matchStop.get_token()] { return bestOf(known->names, pattern, stop); })
        .then(this, [this, known = m_known, pattern = m_pattern, stop = m_matchStop.get_token()](const QStringList &names) {
            if (!stop.stop_requested())
                emit found(pattern, names, known->note);
        });
}

} // namespace ui
