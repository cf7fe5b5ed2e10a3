#include "ui/conversation/visible_text.h"

#include <algorithm>

namespace ui {
namespace {

bool isPlain(QChar c)
{
    const auto u = c.unicode();
    if (u < 0x20)
        return u == '\n' || u == '\t';
    if (u < 0x7f)
        return true;
    if (u < 0xa0 || u == 0xad || u == 0x61c || u == 0x180e || u == 0xfeff)
        return false;
    if (u < 0x2000)
        return true;
    return !((u >= 0x200b && u <= 0x200f) || (u >= 0x2028 && u <= 0x202e) || (u >= 0x2060 && u <= 0x206f) || u == 0xdb40
             || (u >= 0xfff9 && u <= 0xfffb));
}

/// Where the terminal sequence that starts at `at` (an ESC or a C1 byte) ends.
qsizetype endOfSequence(const QString &text, qsizetype at)
{
    const auto size = text.size();
    ushort kind = text[at].unicode();
    ++at;
    if (kind == 0x1b) {
        if (at >= size)
            return at;
        const auto next = text[at].unicode();
        ++at;
        kind = next == '[' ? 0x9b : next == ']' ? 0x9d : next == 'P' ? 0x90 : next == '_' ? 0x9f : next == '^' ? 0x9e : next == 'X' ? 0x98 : 0;
        if (kind == 0) { // Two characters, or intermediates and a final one.
            if (next >= 0x20 && next <= 0x2f) {
                while (at < size && text[at].unicode() >= 0x20 && text[at].unicode() <= 0x2f)
                    ++at;
                return std::min(at + 1, size);
            }
            return at;
        }
    }
    if (kind == 0x9b) { // CSI: up to its final character; a line end is never part of one
        while (at < size && text[at].unicode() >= 0x20 && text[at].unicode() <= 0x3f)
            ++at;
        return at < size && text[at].unicode() >= 0x40 && text[at].unicode() <= 0x7e ? at + 1 : at;
    }
    if (kind == 0x9d || kind == 0x90 || kind == 0x9f || kind == 0x9e || kind == 0x98) { // a string, up to BEL or ST
        for (auto i = at; i < size; ++i) {
            const auto u = text[i].unicode();
            if (u == 0x07 || u == 0x9c)
                return i + 1;
            if (u == 0x1b && i + 1 < size && text[i + 1] == '\\')
                return i + 2;
            if (u == '\n')
                return i; // Not closed: what follows is text again.
        }
        return size;
    }
    return at;
}

bool isSequenceStart(ushort u) { return u == 0x1b || u == 0x9b || u == 0x9d || u == 0x90 || u == 0x9f || u == 0x9e || u == 0x98; }

/// A joiner between two characters beyond ASCII (emoji, Persian, Indic scripts) shapes what is seen and hides nothing.
bool isShaping(const QString &text, qsizetype at)
{
    return at > 0 && at + 1 < text.size() && text[at - 1].unicode() > 0x2bf && text[at + 1].unicode() > 0x2bf && isPlain(text[at + 1]);
}

QString shown(uint code) { return QString("[U+%1]").arg(code, 4, 16, QChar('0')).toUpper(); }

} // namespace

bool hidesSomething(const QString &text)
{
    for (qsizetype i = 0; i < text.size(); ++i) {
        const auto u = text[i].unicode();
        if (!isPlain(text[i]) && u != '\r' && !((u == 0x200c || u == 0x200d) && isShaping(text, i)))
            return true;
    }
    return false;
}

QString visibleText(const QString &text)
{
    const auto first = std::find_if_not(text.begin(), text.end(), isPlain);
    if (first == text.end())
        return text;
    QString result;
    result.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        const auto u = c.unicode();
        if (isPlain(c)) {
            result += c;
        } else if (isSequenceStart(u)) {
            i = endOfSequence(text, i) - 1;
        } else if (u == '\r') {
            if (i + 1 >= text.size() || text[i + 1] != '\n')
                result += '\n'; // A lone return would let a later text overwrite an earlier one.
        } else if ((u == 0x200c || u == 0x200d) && isShaping(text, i)) {
            result += c;
        } else if (u == 0xdb40 && i + 1 < text.size() && text[i + 1].isLowSurrogate()) { // tags and variation selectors above the BMP
            result += shown(QChar::surrogateToUcs4(c, text[++i]));
        } else if (u == 0x2028 || u == 0x2029) {
            result += '\n';
        } else {
            result += shown(u);
        }
    }
    return result;
}

QString visibleText(const std::string &text) { return visibleText(QString::fromUtf8(text.data(), qsizetype(text.size()))); }

} // namespace ui
