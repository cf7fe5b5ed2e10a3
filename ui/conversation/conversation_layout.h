#pragma once

#include "ui/conversation/conversation.h"
#include "ui/conversation/rows.h"

#include <compare>
#include <memory>
#include <set>

namespace ui {

/// Where the parts of a conversation stand, one under the other, in pixels from its top. Only what was asked for is laid out; the
/// rest has an estimated height, so that a session of any length costs alike.
class ConversationLayout
{
public:
    struct Entry {
        std::unique_ptr<Part> part; // at a fixed address: the row refers to it
        std::unique_ptr<Row> row;   // null while far from what shows
        int height = 0;
        int top = 0;                // of its gap

        int contentTop() const { return top + part->gap; }
        int bottom() const { return top + part->gap + height; }
    };
    struct Shown { // an item of the conversation
        std::uint64_t id = 0;
        std::uint64_t revision = 0;
        bool isOpen = false;
        bool isRunning = false;
        StreamingMarkdown markdown;
        std::vector<Entry> entries;
        int top = 0;

        int bottom() const { return entries.empty() ? top : entries.back().bottom(); }
    };
    struct Place {
        int item = -1;
        int entry = -1;
        int offset = 0; // in the entry's text

        friend auto operator<=>(const Place &, const Place &) = default;
    };
    struct Stop { // what the keyboard goes to
        int item = -1;
        int entry = -1;
        int button = -1; // -1: the card itself

        friend bool operator==(const Stop &, const Stop &) = default;
    };

    void clear();
    void setWidth(int width); // forgets the rows when it is another one
    void forgetRows();        // fonts or colours have changed

    /// Takes in what has changed. `open`: items whose cards are open. Null: nothing.
    void take(const Conversation *conversation, const std::set<std::uint64_t> &open);

    /// Lays out what stands between two heights. When heights turn out otherwise than estimated, what follows moves; `anchor` is the
    /// first entry that reaches below `seenFrom`, by `anchorOffset` above it before that.
    struct Change {
        bool moved = false;
        const Entry *anchor = nullptr;
        int anchorOffset = 0;
    };
    Change layOut(int from, int to, int seenFrom);
    void layOut(Entry &entry);

    /// Drops the rows outside of two heights, once there are many.
    void dropFar(int from, int to);
    int rowCount() const;

    int total() const { return m_total; }
    int width() const { return m_width; }
    std::vector<Shown> &items() { return m_items; }
    const std::vector<Shown> &items() const { return m_items; }

    /// The entry at or above a height; none when nothing is shown.
    Place at(int y) const;
    Entry *entryAt(const Place &place);
    Place end() const;
    QString text(const Place &from, const Place &to) const;
    std::vector<Stop> stops() const;

private:
    void rebuild(Shown &shown, const Item &item);
    void place(std::size_t fromItem);

    std::vector<Shown> m_items;
    int m_width = 80;
    int m_total = 0;
};

} // namespace ui
