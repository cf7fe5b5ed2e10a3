#include "ui/conversation/conversation_layout.h"

#include "ui/shell/theme.h"

#include <algorithm>
#include <limits>

namespace ui {
namespace {

constexpr int topSpace = space::l;
constexpr int bottomSpace = space::l;
constexpr std::size_t keptRows = 400;

} // namespace

void ConversationLayout::clear() { m_items.clear(); }

void ConversationLayout::setWidth(int width)
{
    if (width == m_width)
        return;
    m_width = width;
    forgetRows();
}

void ConversationLayout::forgetRows()
{
    for (auto &item : m_items) {
        for (auto &entry : item.entries) {
            entry.row.reset();
            entry.height = estimatedHeight(*entry.part, m_width);
        }
    }
    place(0);
}

void ConversationLayout::take(const Conversation *conversation, const std::set<std::uint64_t> &open)
{
    static const std::vector<Item> nothing;
    const auto &items = conversation ? conversation->items() : nothing;
    std::size_t firstChanged = items.size();
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto &item = items[i];
        const bool isRunning = conversation->isRunning() && i + 1 == items.size();
        const bool isOpen = open.contains(item.id);
        if (i >= m_items.size())
            m_items.emplace_back();
        auto &shown = m_items[i];
        if (shown.id == item.id && shown.revision == item.revision && shown.isOpen == isOpen && shown.isRunning == isRunning)
            continue;
        firstChanged = std::min(firstChanged, i);
        if (shown.id != item.id)
            shown = {};
        shown.id = item.id;
        shown.revision = item.revision;
        shown.isOpen = isOpen;
        shown.isRunning = isRunning;
        rebuild(shown, item);
    }
    if (m_items.size() > items.size())
        m_items.resize(items.size());
    place(firstChanged);
}

void ConversationLayout::rebuild(Shown &shown, const Item &item)
{
    auto parts = partsOf(item, shown.markdown, shown.isOpen, shown.isRunning);
    std::vector<Entry> entries;
    entries.reserve(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        // A streaming message changes at its end only: what stands before keeps its layout.
        if (i < shown.entries.size() && *shown.entries[i].part == parts[i]) {
            entries.push_back(std::move(shown.entries[i]));
            continue;
        }
        Entry entry;
        entry.part = std::make_unique<Part>(std::move(parts[i]));
        entry.height = estimatedHeight(*entry.part, m_width);
        entries.push_back(std::move(entry));
    }
    shown.entries = std::move(entries);
}

void ConversationLayout::place(std::size_t fromItem)
{
    int y = fromItem > 0 && fromItem <= m_items.size() ? m_items[fromItem - 1].bottom() : topSpace;
    for (std::size_t i = fromItem; i < m_items.size(); ++i) {
        m_items[i].top = y;
        for (auto &entry : m_items[i].entries) {
            entry.top = y;
            y = entry.bottom();
        }
    }
    m_total = y + bottomSpace;
}

void ConversationLayout::layOut(Entry &entry)
{
    if (entry.row)
        return;
    entry.row = makeRow(*entry.part);
    entry.height = entry.row->layOut(m_width);
}

ConversationLayout::Change ConversationLayout::layOut(int from, int to, int seenFrom)
{
    Change change;
    auto item = std::partition_point(m_items.begin(), m_items.end(),
                                     [&](const Shown &shown) { return shown.entries.empty() || shown.bottom() < from; });
    std::size_t firstChanged = m_items.size();
    for (; item != m_items.end() && item->top <= to; ++item) {
        auto entry = std::partition_point(item->entries.begin(), item->entries.end(), [&](const Entry &e) { return e.bottom() < from; });
        for (; entry != item->entries.end() && entry->top <= to; ++entry) {
            if (!change.anchor && entry->bottom() > seenFrom) {
                change.anchor = &*entry;
                change.anchorOffset = seenFrom - entry->top;
            }
            const int before = entry->height;
            layOut(*entry);
            if (entry->height != before)
                firstChanged = std::min(firstChanged, std::size_t(item - m_items.begin()));
        }
    }
    change.moved = firstChanged < m_items.size();
    if (change.moved)
        place(firstChanged);
    return change;
}

void ConversationLayout::dropFar(int from, int to)
{
    if (std::size_t(rowCount()) <= keptRows)
        return;
    for (auto &item : m_items) {
        for (auto &entry : item.entries) {
            if (entry.top + entry.height < from || entry.top > to)
                entry.row.reset();
        }
    }
}

int ConversationLayout::rowCount() const
{
    int count = 0;
    for (const auto &item : m_items)
        count += int(std::count_if(item.entries.begin(), item.entries.end(), [](const Entry &entry) { return entry.row != nullptr; }));
    return count;
}

ConversationLayout::Place ConversationLayout::at(int y) const
{
    Place best;
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        const auto &item = m_items[i];
        if (item.entries.empty() || (item.top > y && best.item >= 0))
            continue;
        for (std::size_t e = 0; e < item.entries.size(); ++e) {
            if (item.entries[e].top > y && best.item >= 0)
                break;
            best = {int(i), int(e), 0};
        }
    }
    return best;
}

ConversationLayout::Entry *ConversationLayout::entryAt(const Place &where)
{
    if (where.item < 0 || std::size_t(where.item) >= m_items.size() || std::size_t(where.entry) >= m_items[std::size_t(where.item)].entries.size())
        return nullptr;
    return &m_items[std::size_t(where.item)].entries[std::size_t(where.entry)];
}

ConversationLayout::Place ConversationLayout::end() const
{
    if (m_items.empty())
        return {};
    return {int(m_items.size()) - 1, std::max(0, int(m_items.back().entries.size()) - 1), std::numeric_limits<int>::max()};
}

QString ConversationLayout::text(const Place &from, const Place &to) const
{
    QString result;
    bool wasInList = false; // Items of a list stand on lines that follow each other.
    for (int i = from.item; i <= to.item && std::size_t(i) < m_items.size(); ++i) {
        const auto &entries = m_items[std::size_t(i)].entries;
        for (int e = 0; std::size_t(e) < entries.size(); ++e) {
            if ((i == from.item && e < from.entry) || (i == to.item && e > to.entry))
                continue;
            const auto &entry = entries[std::size_t(e)];
            const auto text = entry.row ? entry.row->text() : makeRow(*entry.part)->text();
            const qsizetype start = i == from.item && e == from.entry ? from.offset : 0;
            const qsizetype end = i == to.item && e == to.entry ? to.offset : text.size();
            if (entry.part->kind == Part::Kind::Actions)
                continue;
            if (!result.isEmpty())
                result += entry.part->block.continues || (entry.part->block.listDepth > 0 && wasInList) ? "\n" : "\n\n";
            wasInList = entry.part->block.listDepth > 0;
            if (start == 0 && !entry.part->block.marker.isEmpty())
                result += QString((entry.part->block.listDepth - 1) * 2, ' ') + entry.part->block.marker + ' ';
            result += text.mid(start, end - start);
        }
    }
    return result;
}

std::vector<ConversationLayout::Stop> ConversationLayout::stops() const
{
    std::vector<Stop> result;
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        for (std::size_t e = 0; e < m_items[i].entries.size(); ++e) {
            const auto &part = *m_items[i].entries[e].part;
            if (part.kind == Part::Kind::ToolHead)
                result.push_back({int(i), int(e), -1});
            else if (part.kind == Part::Kind::Actions)
                for (std::size_t b = 0; b < part.actions.size(); ++b)
                    result.push_back({int(i), int(e), int(b)});
            else if (part.kind == Part::Kind::Terminal)
                for (int button = 0; button <= int(part.actions.size()); ++button) // and the one that copies
                    result.push_back({int(i), int(e), button});
            else if ((part.kind == Part::Kind::Code && !part.block.continues) || part.kind == Part::Kind::Table)
                result.push_back({int(i), int(e), 0});
        }
    }
    return result;
}

} // namespace ui
