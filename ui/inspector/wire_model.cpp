#include "ui/inspector/wire_model.h"

#include "ui/conversation/visible_text.h"
#include "ui/inspector/protocol_schema.h"
#include "ui/shell/background.h"
#include "ui/shell/tool_tip.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>

namespace ui {
namespace {

constexpr std::size_t takenAtOnce = 1'000;
constexpr std::size_t checkedAtOnce = 200;

acp::Direction opposite(acp::Direction direction) { return direction == acp::Direction::Sent ? acp::Direction::Received : acp::Direction::Sent; }

QString kindWord(MessageKind kind)
{
    switch (kind) {
    case MessageKind::Request:
        return WireModel::tr("request");
    case MessageKind::Response:
        return WireModel::tr("response");
    case MessageKind::Error:
        return WireModel::tr("error");
    case MessageKind::Notification:
        return WireModel::tr("notification");
    case MessageKind::Invalid:
        break;
    }
    return WireModel::tr("invalid");
}

QString timeText(const WireLine &line)
{
    if (!line.time)
        return QStringLiteral("–");
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(line.time->time_since_epoch()).count();
    return QDateTime::fromMSecsSinceEpoch(ms).toString(QStringLiteral("HH:mm:ss.zzz"));
}

WireModel::Severity severityOf(const std::vector<acp::Finding> &findings)
{
    auto worst = WireModel::Fine;
    for (const auto &finding : findings) {
        using Kind = acp::Finding::Kind;
        const auto one = finding.kind == Kind::Problem ? WireModel::Problem
            : finding.kind == Kind::Warning            ? WireModel::Warning
            : finding.kind == Kind::Unknown            ? WireModel::Unknown
                                                       : WireModel::Extension;
        worst = std::max(worst, one);
    }
    return worst;
}

std::vector<std::vector<acp::Finding>> check(const std::vector<WireEntryPtr> &entries, const std::stop_token &stop)
{
    std::vector<std::vector<acp::Finding>> findings;
    for (const auto &entry : entries) {
        if (stop.stop_requested())
            break;
        const auto sender = entry->line->direction == acp::Direction::Sent ? acp::Side::Client : acp::Side::Agent;
        findings.push_back(protocolSchema().check(entry->line->text, sender, entry->head.method));
    }
    return findings;
}

std::vector<std::uint64_t> filtered(const std::vector<WireEntryPtr> &entries, const WireFilter &filter, const std::stop_token &stop)
{
    std::vector<std::uint64_t> numbers;
    WireMatcher matcher(filter);
    for (const auto &entry : entries) {
        if (stop.stop_requested())
            break;
        if (matcher.fits(*entry))
            numbers.push_back(entry->line->number);
    }
    return numbers;
}

} // namespace

WireModel::~WireModel()
{
    m_filterStop.request_stop();
    m_logStop.request_stop();
}

void WireModel::setLog(std::shared_ptr<WireLog> log)
{
    m_logStop.request_stop();
    m_logStop = std::stop_source();
    m_filterStop.request_stop();
    beginResetModel();
    m_log = std::move(log);
    m_rows.clear();
    m_shown.clear();
    m_open.clear();
    m_sessions.clear();
    m_isFiltering = m_isChecking = false;
    m_last = m_testedUpTo = m_checkedUpTo = m_selected = 0;
    m_problems = 0;
    endResetModel();
    emit sessionsChanged();
    emit countsChanged();
}

bool WireModel::poll()
{
    if (!m_log)
        return false;
    const auto news = m_log->since(m_last, takenAtOnce);
    dropBefore(news.oldest);
    if (news.lines.empty())
        return false;
    if (m_rows.empty())
        m_testedUpTo = m_checkedUpTo = news.lines.front()->number - 1;
    for (const auto &line : news.lines)
        add(line);
    showMore();
    checkMore();
    emit countsChanged();
    return news.lines.size() == takenAtOnce;
}

std::size_t WireModel::waiting() const { return m_log ? std::size_t(m_log->lastNumber() - std::min(m_last, m_log->lastNumber())) : 0; }

void WireModel::add(const WireLinePtr &line)
{
    auto entry = std::make_shared<WireEntry>();
    entry->line = line;
    entry->head = headOf(line->text);
    m_last = line->number;
    if (entry->head.kind == MessageKind::Request) {
        m_open[{line->direction, entry->head.id}] = line->number;
    } else if (entry->head.kind == MessageKind::Response || entry->head.kind == MessageKind::Error) {
        const auto asked = m_open.find({opposite(line->direction), entry->head.id});
        if (auto *request = asked == m_open.end() ? nullptr : find(asked->second)) {
            request->reply = line->number;
            entry->request = asked->second;
            entry->head.method = request->entry->head.method;
            if (entry->head.session.empty())
                entry->head.session = request->entry->head.session;
            m_open.erase(asked);
        }
    }
    if (!entry->head.session.empty() && m_sessions.insert(entry->head.session).second)
        emit sessionsChanged();
    m_rows.push_back({entry});
    if (entry->request != 0)
        rowChanged(entry->request);
}

void WireModel::dropBefore(std::uint64_t number)
{
    if (m_rows.empty() || first() >= number)
        return;
    const auto gone = std::lower_bound(m_shown.begin(), m_shown.end(), number);
    if (const int count = int(gone - m_shown.begin()); count > 0) {
        beginRemoveRows({}, 0, count - 1);
        m_shown.erase(m_shown.begin(), gone);
        endRemoveRows();
    }
    while (!m_rows.empty() && first() < number) {
        if (m_rows.front().severity >= Warning)
            --m_problems;
        m_rows.pop_front();
    }
    std::erase_if(m_open, [&](const auto &one) { return one.second < number; });
    m_testedUpTo = std::max(m_testedUpTo, number - 1);
    m_checkedUpTo = std::max(m_checkedUpTo, number - 1);
    emit countsChanged();
}

void WireModel::setFilter(const WireFilter &filter)
{
    if (filter == m_filter)
        return;
    m_filter = filter;
    refilter();
}

/// Up to where lines can be tested: which of them have problems is known once they are checked.
std::uint64_t WireModel::limit() const { return m_filter.problemsOnly ? m_checkedUpTo : m_last; }

bool WireModel::countsAsProblem(const Row &row) const
{
    return row.severity >= Warning || row.entry->head.kind == MessageKind::Error || row.entry->head.kind == MessageKind::Invalid;
}

void WireModel::refilter()
{
    m_filterStop.request_stop();
    m_filterStop = std::stop_source();
    m_isFiltering = true;
    const auto upTo = limit();
    std::vector<WireEntryPtr> candidates;
    for (const auto &row : m_rows) {
        if (row.entry->line->number > upTo)
            break;
        if (!m_filter.problemsOnly || countsAsProblem(row))
            candidates.push_back(row.entry);
    }
    inBackground([candidates = std::move(candidates), filter = m_filter, stop = m_filterStop.get_token()] { return filtered(candidates, filter, stop); })
        .then(this, [this, upTo, stop = m_filterStop.get_token()](const std::vector<std::uint64_t> &numbers) {
            if (stop.stop_requested())
                return;
            beginResetModel();
            const auto kept = std::lower_bound(numbers.begin(), numbers.end(), first()); // What went meanwhile is not shown.
            m_shown.assign(kept, numbers.end());
            m_testedUpTo = std::max(upTo, first() - 1);
            m_isFiltering = false;
            endResetModel();
            showMore();
            emit countsChanged();
        });
}

void WireModel::showMore()
{
    if (m_isFiltering || m_rows.empty())
        return;
    std::vector<std::uint64_t> numbers;
    WireMatcher matcher(m_filter);
    const auto upTo = limit();
    for (auto number = m_testedUpTo + 1; number <= upTo; ++number) {
        const auto *row = find(number);
        if ((!m_filter.problemsOnly || countsAsProblem(*row)) && matcher.fits(*row->entry))
            numbers.push_back(number);
    }
    m_testedUpTo = upTo;
    if (numbers.empty())
        return;
    beginInsertRows({}, rowCount(), rowCount() + int(numbers.size()) - 1);
    m_shown.insert(m_shown.end(), numbers.begin(), numbers.end());
    endInsertRows();
}

void WireModel::checkMore()
{
    if (m_isChecking || m_checkedUpTo >= m_last)
        return;
    m_isChecking = true;
    std::vector<WireEntryPtr> entries;
    for (auto number = m_checkedUpTo + 1; number <= m_last && entries.size() < checkedAtOnce; ++number)
        entries.push_back(find(number)->entry);
    const auto from = m_checkedUpTo + 1;
    inBackground([entries = std::move(entries), stop = m_logStop.get_token()] { return check(entries, stop); })
        .then(this, [this, from, stop = m_logStop.get_token()](const std::vector<std::vector<acp::Finding>> &findings) {
            if (stop.stop_requested())
                return;
            m_isChecking = false;
            m_checkedUpTo = std::max(m_checkedUpTo, from + findings.size() - 1);
            for (std::size_t i = 0; i < findings.size(); ++i) {
                auto *row = find(from + i);
                if (!row || findings[i].empty())
                    continue;
                row->findings = findings[i];
                row->severity = severityOf(findings[i]);
                if (row->severity >= Warning)
                    ++m_problems;
                rowChanged(from + i);
            }
            showMore();
            checkMore();
            emit countsChanged();
        });
}

void WireModel::select(std::uint64_t number)
{
    const auto before = partnerOf(m_selected);
    m_selected = number;
    rowChanged(before);
    rowChanged(partnerOf(number));
}

const WireModel::Row *WireModel::find(std::uint64_t number) const
{
    const auto at = number - first(); // wraps around below the first
    return m_rows.empty() || number < first() || at >= m_rows.size() ? nullptr : &m_rows[std::size_t(at)];
}

int WireModel::rowOf(std::uint64_t number) const
{
    const auto found = std::lower_bound(m_shown.begin(), m_shown.end(), number);
    return found == m_shown.end() || *found != number ? -1 : int(found - m_shown.begin());
}

void WireModel::rowChanged(std::uint64_t number)
{
    if (const int row = rowOf(number); row >= 0)
        emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
    emit lineChanged(number);
}

WireEntryPtr WireModel::entry(std::uint64_t number) const
{
    const auto *row = find(number);
    return row ? row->entry : nullptr;
}

std::uint64_t WireModel::partnerOf(std::uint64_t number) const
{
    const auto *row = find(number);
    const auto partner = !row ? 0 : row->reply ? row->reply : row->entry->request;
    return find(partner) ? partner : 0;
}

std::vector<acp::Finding> WireModel::findings(std::uint64_t number) const
{
    const auto *row = find(number);
    return row ? row->findings : std::vector<acp::Finding>();
}

QString WireModel::text(std::uint64_t number, Column column) const
{
    const auto *row = find(number);
    return row ? displayText(*row, column) : QString();
}

QString WireModel::tookText(const Row &row) const
{
    if (row.entry->head.kind == MessageKind::Request)
        return row.reply ? QString() : QStringLiteral("…");
    const auto *request = find(row.entry->request);
    if (!request || !request->entry->line->time || !row.entry->line->time)
        return {};
    const auto ms = std::chrono::duration<double, std::milli>(*row.entry->line->time - *request->entry->line->time).count();
    if (ms < 10)
        return tr("%1 ms").arg(QLocale().toString(ms, 'f', 1));
    return ms < 10'000 ? tr("%1 ms").arg(QLocale().toString(qint64(ms))) : tr("%1 s").arg(QLocale().toString(ms / 1000, 'f', 1));
}

std::vector<WireLinePtr> WireModel::lines(bool shownOnly) const
{
    std::vector<WireLinePtr> lines;
    if (shownOnly) {
        for (const auto number : m_shown)
            lines.push_back(find(number)->entry->line);
    } else {
        for (const auto &row : m_rows)
            lines.push_back(row.entry->line);
    }
    return lines;
}

int WireModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_shown.size()); }
int WireModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant WireModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto number = numberAt(index.row());
    const auto &row = *find(number);
    switch (role) {
    case Qt::DisplayRole:
        return displayText(row, index.column());
    case Qt::ToolTipRole:
        return plainToolTip(toolTip(row, index.column()));
    case Qt::AccessibleTextRole:
        if (index.column() == DirectionColumn)
            return row.entry->line->direction == acp::Direction::Sent ? tr("to the agent") : tr("from the agent");
        if (index.column() == SummaryColumn && row.severity >= Warning)
            return tr("%1, %n problems", nullptr, int(row.findings.size())).arg(displayText(row, index.column()));
        return displayText(row, index.column());
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (index.column() == TookColumn || index.column() == SizeColumn ? Qt::AlignRight : Qt::AlignLeft));
    case NumberRole:
        return quint64(number);
    case MessageKindRole:
        return int(row.entry->head.kind);
    case DirectionRole:
        return int(row.entry->line->direction);
    case IsPartnerRole:
        return m_selected != 0 && partnerOf(m_selected) == number;
    case SeverityRole:
        return int(row.severity);
    default:
        return {};
    }
}

QString WireModel::displayText(const Row &row, int column) const
{
    const auto &line = *row.entry->line;
    switch (column) {
    case TimeColumn:
        return timeText(line);
    case DirectionColumn:
        return line.direction == acp::Direction::Sent ? QStringLiteral("→") : QStringLiteral("←");
    case KindColumn:
        return kindWord(row.entry->head.kind);
    case MethodColumn:
        return visibleText(row.entry->head.method);
    case TookColumn:
        return tookText(row);
    case SessionColumn:
        return visibleText(row.entry->head.session).right(8); // Ids differ at their ends.
    case SummaryColumn:
        if (row.summary.isNull())
            row.summary = summaryOf(line.text) + QStringLiteral(""); // never null again
        return row.summary;
    case SizeColumn:
        return QLocale().formattedDataSize(qint64(line.text.size()), 1, QLocale::DataSizeTraditionalFormat);
    default:
        return {};
    }
}

QString WireModel::toolTip(const Row &row, int column) const
{
    switch (column) {
    case DirectionColumn:
        return row.entry->line->direction == acp::Direction::Sent ? tr("To the agent") : tr("From the agent");
    case SessionColumn:
        return visibleText(row.entry->head.session);
    case TookColumn:
        return row.entry->head.kind == MessageKind::Request && !row.reply ? tr("There is no reply yet") : QString();
    case SummaryColumn: {
        QStringList lines;
        for (const auto &finding : row.findings) {
            if (lines.size() < 10)
                lines << visibleText(acp::describe(finding));
        }
        return lines.isEmpty() ? displayText(row, column) : lines.join('\n');
    }
    default:
        return displayText(row, column);
    }
}

QVariant WireModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section == TookColumn || section == SizeColumn ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case TimeColumn:
        return tr("Time");
    case KindColumn:
        return tr("Kind");
    case MethodColumn:
        return tr("Method");
    case TookColumn:
        return tr("Took");
    case SessionColumn:
        return tr("Session");
    case SummaryColumn:
        return tr("Content");
    case SizeColumn:
        return tr("Size");
    default:
        return {};
    }
}

} // namespace ui
