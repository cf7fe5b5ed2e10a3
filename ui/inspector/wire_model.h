#pragma once

#include "agent/acp/json_schema.h"
#include "ui/inspector/wire_filter.h"

#include <QAbstractTableModel>

#include <deque>
#include <map>
#include <set>
#include <stop_token>

namespace ui {

/// The lines of one WireLog that fit a filter, oldest first. A reply knows its request and how long it took; each line is checked by the
/// protocol's schema. Filtering and checking run on workers: rows of a new filter come at once as a reset, problems as data changes.
class WireModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { TimeColumn, DirectionColumn, KindColumn, MethodColumn, TookColumn, SessionColumn, SummaryColumn, SizeColumn, ColumnCount };
    enum Role { NumberRole = Qt::UserRole, MessageKindRole, DirectionRole, IsPartnerRole, SeverityRole };

    /// How bad the worst is that the schema has to say.
    enum Severity { Fine, Extension, Unknown, Warning, Problem };
    Q_ENUM(Severity)

    using QAbstractTableModel::QAbstractTableModel;
    ~WireModel() override;

    /// Shows another log, from its oldest line on; null: nothing.
    void setLog(std::shared_ptr<WireLog> log);
    const std::shared_ptr<WireLog> &log() const { return m_log; }

    /// Takes what has come since, a part of it when it is much. Whether there is more.
    bool poll();
    /// Lines that have come and were not taken yet.
    std::size_t waiting() const;

    void setFilter(const WireFilter &filter);
    const WireFilter &filter() const { return m_filter; }
    bool isFiltering() const { return m_isFiltering; }

    /// The line whose partner is marked; 0: none.
    void select(std::uint64_t number);

    int rowOf(std::uint64_t number) const; // -1: not shown
    std::uint64_t numberAt(int row) const { return m_shown[std::size_t(row)]; }
    WireEntryPtr entry(std::uint64_t number) const; // null: no longer here
    std::uint64_t partnerOf(std::uint64_t number) const; // request or reply; 0: none
    std::vector<acp::Finding> findings(std::uint64_t number) const;
    QString text(std::uint64_t number, Column column) const; // as in the table, whether it is shown there or not

    std::size_t lineCount() const { return m_rows.size(); }
    std::size_t problemCount() const { return m_problems; } // lines with problems or warnings, as far as they are checked
    bool isChecking() const { return m_checkedUpTo < m_last; }
    const std::set<std::string> &sessions() const { return m_sessions; }

    std::vector<WireLinePtr> lines(bool shownOnly) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

signals:
    void countsChanged();
    void sessionsChanged();
    void lineChanged(quint64 number); // what is known of a line, whether it is shown or not

private:
    struct Row {
        WireEntryPtr entry;
        std::uint64_t reply = 0; // of a request
        std::vector<acp::Finding> findings = {};
        Severity severity = Fine;
        mutable QString summary = {}; // once it was shown
    };

    void add(const WireLinePtr &line);
    void dropBefore(std::uint64_t number);
    void refilter();
    void showMore();
    void checkMore();
    bool countsAsProblem(const Row &row) const;
    std::uint64_t limit() const;
    std::uint64_t first() const { return m_rows.empty() ? m_last + 1 : m_rows.front().entry->line->number; }
    const Row *find(std::uint64_t number) const;
    Row *find(std::uint64_t number) { return const_cast<Row *>(std::as_const(*this).find(number)); }
    void rowChanged(std::uint64_t number);
    QString displayText(const Row &row, int column) const;
    QString tookText(const Row &row) const; // of a reply "34 ms"; of a request that waits "…"
    QString toolTip(const Row &row, int column) const;

    std::shared_ptr<WireLog> m_log;
    std::deque<Row> m_rows;              // numbers without gaps
    std::deque<std::uint64_t> m_shown;   // numbers, rising
    std::map<std::pair<acp::Direction, std::string>, std::uint64_t> m_open; // requests without a reply, by direction and id
    std::set<std::string> m_sessions;
    WireFilter m_filter;
    std::stop_source m_filterStop;       // of the filtering that runs
    std::stop_source m_logStop;          // of what works on the log that is shown
    bool m_isFiltering = false;
    bool m_isChecking = false;           // a worker does
    std::uint64_t m_last = 0;            // taken from the log
    std::uint64_t m_testedUpTo = 0;      // against the filter
    std::uint64_t m_checkedUpTo = 0;     // by the schema
    std::uint64_t m_selected = 0;
    std::size_t m_problems = 0;
};

} // namespace ui
