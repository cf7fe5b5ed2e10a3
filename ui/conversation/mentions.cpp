#include "ui/conversation/mentions.h"

#include "ui/conversation/attachments.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>

namespace ui {
namespace {

bool isPlain(const QString &path)
{
    return std::none_of(path.begin(), path.end(), [](QChar c) { return c.isSpace() || c == '"'; });
}

bool isBeneath(const QString &path) { return !QDir::isAbsolutePath(path) && !QDir::cleanPath(path).startsWith(".."); }

/// The file a word names: as it stands, or without the full stop, comma or bracket that ends a sentence there.
QString fileIn(QString word, const QString &folder)
{
    static const QString ends = ".,;:!?)]}'";
    while (!word.isEmpty() && isBeneath(word)) {
        if (QFileInfo::exists(folder + '/' + word))
            return word;
        if (!ends.contains(word.back()))
            break;
        word.chop(1);
    }
    return {};
}

} // namespace

QString mentionOf(const QString &path) { return isPlain(path) ? '@' + path : "@\"" + path + '"'; }

std::optional<CompletionPlace> completionPlace(const QString &text, int cursor)
{
    const auto isBlank = [&](int at) { return at < 0 || at >= text.size() || text[at].isSpace(); };
    int from = cursor;
    while (!isBlank(from - 1))
        --from;
    int to = cursor;
    while (!isBlank(to))
        ++to;
    if (from == 0 && cursor > 0 && text.startsWith('/'))
        return CompletionPlace{CompletionPlace::Kind::Command, 0, to, text.mid(1, cursor - 1)};
    if (from < cursor && text[from] == '@' && text.mid(from, 2) != "@\"")
        return CompletionPlace{CompletionPlace::Kind::File, from, to, text.mid(from + 1, cursor - from - 1)};
    // A name in quotes may hold blanks.
    const auto quoted = cursor > 0 ? text.lastIndexOf("@\"", cursor - 1) : -1;
    if (quoted < 0 || !isBlank(int(quoted) - 1) || cursor < quoted + 2)
        return {};
    const auto typed = text.mid(quoted + 2, cursor - quoted - 2);
    if (typed.contains('"') || typed.contains('\n'))
        return {};
    return CompletionPlace{CompletionPlace::Kind::File, int(quoted), to, typed};
}

MentionedFiles mentionedFiles(const QString &text, const QString &folder, const QSet<QString> &accepted)
{
    static const QRegularExpression mention(R"re((?<!\S)@(?:"([^"\n]+)"|([^\s"]+)))re");
    MentionedFiles files;
    for (auto found = mention.globalMatch(text); found.hasNext();) {
        const auto match = found.next();
        const auto quoted = match.captured(1);
        const auto word = quoted.isEmpty() ? match.captured(2) : quoted;
        const auto path = quoted.isEmpty() ? fileIn(word, folder) : isBeneath(quoted) && QFileInfo::exists(folder + '/' + quoted) ? quoted : QString();
        if (!path.isEmpty())
            addAttachments(files.links, {fileLink(QDir(folder).filePath(path))});
        else if (accepted.contains(word))
            files.missing << word;
    }
    return files;
}

} // namespace ui
