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
    ExprPtr actor;
    bool actorIsPerson = true;
    std::optional<double> sampling;
    ph::Json filter; // what a result says about its query

    bool isTotalValue() const;
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

/// b1 …, day (text; not for total values), total: one row a value and bucket in which something is.
SelectPtr trendsRows(const Trends &trends, const TrendsPart &part, const std::optional<ph::Json> &shown);

/// Who is behind a point: actor_id, event_count.
struct TrendsActors {
    TrendsPart part;
    std::optional<Wall> day;   // absent: the whole range
    ph::Json breakdown;        // a value as results name it; null: all
};
SelectPtr trendsActors(const Trends &trends, Engine &engine, const TrendsActors &wanted);

} // namespace localproject::insights
