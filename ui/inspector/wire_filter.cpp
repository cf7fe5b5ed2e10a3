#include "ui/inspector/wire_filter.h"

#include "ui/shell/fuzzy.h"

#include <algorithm>

namespace ui {
namespace {

constexpr std::array<unsigned char, 256> lowered = [] {
    std::array<unsigned char, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = static_cast<unsigned char>(i >= 'A' && i <= 'Z' ? i + 32 : i);
    return table;
}();

unsigned char lower(char c) { return lowered[static_cast<unsigned char>(c)]; }

bool fitsKind(WireFilter::Kinds kinds, MessageKind kind)
{
    switch (kinds) {
    case WireFilter::Kinds::All:
        return true;
    case WireFilter::Kinds::Requests:
        return kind == MessageKind::Request;
    case WireFilter::Kinds::Replies:
        return kind == MessageKind::Response || kind == MessageKind::Error;
    case WireFilter::Kinds::Notifications:
        return kind == MessageKind::Notification;
    case WireFilter::Kinds::Errors:
        break;
    }
    return kind == MessageKind::Error || kind == MessageKind::Invalid;
}

} // namespace

WireMatcher::WireMatcher(const WireFilter &filter)
    : m_filter(filter)
{
    for (const auto &text : filter.text.split(' ', Qt::SkipEmptyParts)) {
        Word word{text, text.toStdString(), {}};
        for (char &c : word.lower)
            c = char(lower(c));
        word.shift.fill(word.lower.size());
        for (std::size_t i = 0; i + 1 < word.lower.size(); ++i)
            word.shift[static_cast<unsigned char>(word.lower[i])] = word.lower.size() - 1 - i;
        m_words.push_back(std::move(word));
    }
}

bool WireMatcher::fits(const WireEntry &entry)
{
    if (!fitsKind(m_filter.kinds, entry.head.kind) || (m_filter.direction && m_filter.direction != entry.line->direction)
        || (!m_filter.session.empty() && m_filter.session != entry.head.session))
        return false;
    return std::all_of(m_words.begin(), m_words.end(), [&](Word &word) { return fitsMethod(word, entry.head.method) || isIn(word, entry.line->text); });
}

bool WireMatcher::isIn(const Word &word, const std::string &text)
{
    const auto size = word.lower.size();
    for (std::size_t at = 0; at + size <= text.size();) {
        const auto last = lower(text[at + size - 1]);
        if (last == static_cast<unsigned char>(word.lower.back())
            && std::equal(word.lower.begin(), word.lower.end(), text.begin() + std::ptrdiff_t(at),
                          [](char wanted, char c) { return static_cast<unsigned char>(wanted) == lower(c); }))
            return true;
        at += word.shift[last];
    }
    return false;
}

bool WireMatcher::fitsMethod(Word &word, const std::string &method)
{
    if (method.empty())
        return false;
    const auto [known, isNew] = word.methods.try_emplace(method, false);
    if (isNew) {
        // fuzzyScore() takes letters from anywhere, of which a method has enough for most short words: most of them must begin a
        // part of it or follow one another.
        const auto score = fuzzyScore(word.text, QString::fromStdString(method));
        known->second = score && *score >= 14 * int(word.text.size());
    }
    return known->second;
}

} // namespace ui
