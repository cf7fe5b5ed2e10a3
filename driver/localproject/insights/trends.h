#pragma once

#include "driver/localproject/insights/breakdown.h"
#include "driver/localproject/insights/entity.h"

namespace localproject::insights {

/// A TrendsQuery, read.
struct Trends {
    std::vector<Entity> series;
    std::string display = "ActionsLineGraph";
    struct FormulaNode {
        std::string formula;
        ph::Json customName;
    };
    std::vector<FormulaNode> formulas;
    int smoothing = 1;
    Breakdown breakdown;
    bool compare = false;
    DateRange range;
    DateRange previous; // with `compare`
    std::vector<ExprPtr> conditions;
    std::optional<std::int64_t> group; // of which type the actors are groups; absent: persons
    std::optional<double> sampling;
    ph::Json filter; // what a result says about its query

    bool isTotalValue() const;
    bool isCumulative() const { return display == "ActionsLineGraphCumulative"; }
    /// Of which type the actors of a series are groups; absent: persons.
    std::optional<std::int64_t> groupOf(std::size_t series) const;
};

Trends readTrends(Node node, Engine &engine);

ph::Json answerTrends(const Trends &trends, Engine &engine);

/// Which part of one series: everything, a period, a cohort.
struct TrendsPart {
    std::size_t series = 0;
    bool previous = false;
    std::optional<std::int64_t> cohort;
};

/// The values that are shown by themselves, the largest first; absent when all are. One is an array of as many texts as there are breakdowns.
std::optional<ph::Json> shownValues(const Trends &trends, const TrendsPart &part, Engine &engine);

/// b1 …, day (text; not for total values), total: one row a value and bucket in which something is. Of a cumulative display an actor
/// that is counted once stands in the first of its buckets alone.
SelectPtr trendsRows(const Trends &trends, const TrendsPart &part, const std::optional<ph::Json> &shown, const Calendar &calendar);

/// Who is behind a point: actor_id, event_count.
struct TrendsActors {
    TrendsPart part;
    std::optional<Wall> day;   // absent: the whole range; of a cumulative display: from the range's start to the end of its bucket
    ph::Json breakdown;        // a value as results name it; null: all
};
SelectPtr trendsActors(const Trends &trends, Engine &engine, const TrendsActors &wanted);

} // namespace localproject::insights
