#pragma once

#include "ui/inspector/message_head.h"
#include "ui/shell/wire_log.h"

#include <unordered_map>

namespace ui {

/// A line with what a list shows of it. Never changed once it is made: shared with workers.
struct WireEntry {
    WireLinePtr line;
    MessageHead head;         // of a reply: with the method and the session of its request
    std::uint64_t request = 0; // number of the line that a reply answers; 0: none, or not known
};
using WireEntryPtr = std::shared_ptr<const WireEntry>;

/// Which lines are shown: those that fit everything that is set.
struct WireFilter {
    enum class Kinds { All, Requests, Replies, Notifications, Errors };

    QString text = {}; // words; each is in the message, or its letters are those with which parts of the method begin ("supd": session/update)
    Kinds kinds = Kinds::All;
    std::optional<acp::Direction> direction = {};
    std::string session = {};  // empty: all
    bool problemsOnly = false; // for who knows the problems: not looked at by WireMatcher

    friend bool operator==(const WireFilter &, const WireFilter &) = default;
};

/// Compares entries with a filter. Letters of ASCII fit in both cases. One thread at a time.
class WireMatcher
{
public:
    explicit WireMatcher(const WireFilter &filter);

    bool fits(const WireEntry &entry);

private:
    struct Word {
        QString text;
        std::string lower;                               // UTF-8
        std::array<std::size_t, 256> shift;              // Horspool's: how far to go on after a byte that does not fit
        std::unordered_map<std::string, bool> methods{}; // whether it fits them: there are few, on many lines
    };

    static bool isIn(const Word &word, const std::string &text);
    static bool fitsMethod(Word &word, const std::string &method);

    WireFilter m_filter;
    std::vector<Word> m_words;
};

} // namespace ui
