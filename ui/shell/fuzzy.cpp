#include "ui/shell/fuzzy.h"

#include <algorithm>

namespace ui {

std::optional<int> fuzzyScore(QStringView pattern, QStringView text)
{
    if (pattern.isEmpty())
        return 0;
    const auto isStart = [&](qsizetype at) { return at == 0 || !text[at - 1].isLetterOrNumber(); };

    if (const auto at = text.indexOf(pattern, 0, Qt::CaseInsensitive); at >= 0)
        return 1000 + (isStart(at) ? 200 : 0) - int(std::min<qsizetype>(at, 100)) - int(std::min<qsizetype>(text.size(), 100));

    int score = 0;
    qsizetype from = 0;
    qsizetype previous = -2;
    for (const QChar wanted : pattern) {
        if (wanted.isSpace())
            continue;
        qsizetype found = -1;
        for (qsizetype i = from; i < text.size(); ++i) {
            if (text[i].toCaseFolded() != wanted.toCaseFolded())
                continue;
            if (found < 0)
                found = i;
            if (isStart(i)) { // A word's start beats an earlier letter inside a word.
                found = i;
                break;
            }
            if (i == previous + 1)
                break;
        }
        if (found < 0)
            return std::nullopt;
        score += found == previous + 1 ? 15 : isStart(found) ? 20 : 1;
        previous = found;
        from = found + 1;
    }
    return score - int(std::min<qsizetype>(text.size(), 100)) / 4;
}

} // namespace ui
