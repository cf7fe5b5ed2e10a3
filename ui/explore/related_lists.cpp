#include "ui/explore/related_lists.h"

#include "driver/hogql/printer.h"
#include "ui/query/cell_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <map>
#include <set>

namespace ui {

namespace {

using Lines = ph::Result<std::vector<RelatedLine>>;

QString tr(const char *text) { return QCoreApplication::translate("RelatedLists", text); }
QString q(const std::string &text) { return QString::fromStdString(text); }

QString timeText(const ph::Json &value)
{
    const auto time = QDateTime::fromString(q(textOf(value)), Qt::ISODateWithMs);
    return time.isValid() ? QLocale().toString(time.toUTC(), QStringLiteral("d MMM yyyy HH:mm")) + QStringLiteral(" UTC") : q(textOf(value));
}

std::int64_t numberOf(const ph::Json &value) { return value.is_number() ? std::int64_t(value.get<double>()) : 0; }

/// The items of a REST object by what identifies them, as far as one page holds them.
ph::Result<std::map<std::string, ph::Json>> itemsBy(posthog::Driver &driver, const char *object, const char *key, std::stop_token stop)
{
    posthog::RowsRequest request;
    request.object = object;
    request.limit = 1'000;
    const auto page = driver.getRows(request, std::move(stop));
    if (!page)
        return ph::fail(page.error());
    std::map<std::string, ph::Json> items;
    for (const ph::Json &item : page->items)
        items.emplace(textOf(memberOf(item, key)), item);
    return items;
}

RelatedLine lineOf(const char *object, const ph::Json &item, const QString &detail)
{
    const QString title = itemTitle(object, item);
    return {title, detail, itemRelation(title, detail, object, title.toStdString(), itemId(object, item))};
}

/// Items that are named by their ids alone.
RelatedList byIds(const QString &title, const QString &icon, const QString &none, const char *object, const ph::Json &ids)
{
    std::vector<std::string> wanted;
    if (ids.is_array()) {
        for (const ph::Json &id : ids)
            wanted.push_back(textOf(id.is_object() ? memberOf(id, "id") : id));
    }
    return {title, icon, none, {}, [object, wanted](posthog::Driver &driver, std::stop_token stop) -> Lines {
                std::vector<RelatedLine> lines;
                if (wanted.empty())
                    return lines;
                const auto items = itemsBy(driver, object, "id", std::move(stop));
                if (!items)
                    return ph::fail(items.error());
                for (const std::string &id : wanted) {
                    if (const auto found = items->find(id); found != items->end())
                        lines.push_back(lineOf(object, found->second, q(textOf(memberOf(found->second, "description")))));
                    else
                        lines.push_back({q(id), tr("not among those this key may see"), itemRelation(q(id), {}, object, id, id)});
                }
                return lines;
            }};
}

RelatedList cohortsOf(const std::string &person)
{
    const std::string hogql = "SELECT DISTINCT cohort_id FROM cohort_people WHERE person_id = ";
    return {tr("Cohorts"), "people", tr("In no cohort."),
            queryRelation(tr("Cohorts of this person"), tr("The cohorts that hold this person now."), "people", hogql + hogql::quoteString(person)),
            [hogql, person](posthog::Driver &driver, std::stop_token stop) -> Lines {
                const auto table = driver.query(hogql + "{person}", {{"person", person}}, stop);
                if (!table)
                    return ph::fail(table.error());
                if (table->rows.empty())
                    return std::vector<RelatedLine>();
                const auto cohorts = itemsBy(driver, "cohorts", "id", stop);
                if (!cohorts)
                    return ph::fail(cohorts.error());
                std::vector<RelatedLine> lines;
                for (const auto &row : table->rows) {
                    const std::string id = row.empty() ? std::string() : textOf(row[0]);
                    const auto found = cohorts->find(id);
                    if (found == cohorts->end())
                        lines.push_back({tr("Cohort %1").arg(q(id)), {}, itemRelation(q(id), {}, "cohorts", {}, id)});
                    else if (const ph::Json &count = memberOf(found->second, "count"); count.is_number())
                        lines.push_back(lineOf("cohorts", found->second, counted(numberOf(count), tr("person"), tr("persons"))));
                    else
                        lines.push_back(lineOf("cohorts", found->second, q(textOf(memberOf(found->second, "description")))));
                }
                return lines;
            }};
}

RelatedList flagsOf(const std::string &person)
{
    const std::string hogql = "SELECT properties.`$feature_flag` AS flag, argMax(properties.`$feature_flag_response`, timestamp) AS answer,\n"
                              "    count() AS calls, max(timestamp) AS last_called\n"
                              "FROM events\nWHERE event = '$feature_flag_called' AND person_id = ";
    const std::string rest = "\nGROUP BY flag\nORDER BY last_called DESC";
    return {tr("Feature flags"), "flag", tr("No flag was evaluated for this person."),
            queryRelation(tr("Flags this person saw"), tr("Feature flags that were evaluated, with their last answer."), "flag", hogql + hogql::quoteString(person) + rest),
            [hogql, rest, person](posthog::Driver &driver, std::stop_token stop) -> Lines {
                const auto table = driver.query(hogql + "{person}" + rest, {{"person", person}}, stop);
                if (!table)
                    return ph::fail(table.error());
                if (table->rows.empty())
                    return std::vector<RelatedLine>();
                // Without the right to see flags their keys are known still.
                const auto flags = itemsBy(driver, "feature_flags", "key", stop).value_or(std::map<std::string, ph::Json>());
                std::vector<RelatedLine> lines;
                for (const auto &row : table->rows) {
                    if (row.size() < 4)
                        continue;
                    const std::string key = textOf(row[0]);
                    const auto found = flags.find(key);
                    const QString detail = tr("%1 · %2 · last %3").arg(row[1].is_null() ? tr("no answer") : q(textOf(row[1])),
                                                                       counted(numberOf(row[2]), tr("call"), tr("calls")), timeText(row[3]));
                    lines.push_back({q(key), detail, itemRelation(q(key), detail, "feature_flags", key, found == flags.end() ? std::string() : itemId("feature_flags", found->second))});
                }
                return lines;
            }};
}

RelatedList replaysOf(const std::string &person)
{
    const std::string hogql = "SELECT session_id, min(start_time) AS started, round(sum(active_milliseconds) / 1000) AS active_seconds,\n"
                              "    sum(click_count) AS clicks, sum(console_error_count) AS console_errors\n"
                              "FROM session_replay_events\n"
                              "WHERE session_id IN (SELECT `$session_id` FROM events WHERE person_id = ";
    const std::string rest = ")\nGROUP BY session_id\nORDER BY active_seconds DESC";
    return {tr("Replays"), "play", tr("No visit of this person was recorded."),
            queryRelation(tr("Replays of this person"), tr("Recorded sessions, longest activity first."), "play", hogql + hogql::quoteString(person) + rest),
            [hogql, rest, person](posthog::Driver &driver, std::stop_token stop) -> Lines {
                const auto table = driver.query(hogql + "{person}" + rest, {{"person", person}}, std::move(stop));
                if (!table)
                    return ph::fail(table.error());
                const QString root = projectPage(driver.host(), driver.projectId());
                std::vector<RelatedLine> lines;
                for (const auto &row : table->rows) {
                    if (row.size() < 5)
                        continue;
                    const std::string session = textOf(row[0]);
                    QString detail = tr("%1 active · %2").arg(durationText(numberOf(row[2]) * 1'000), counted(numberOf(row[3]), tr("click"), tr("clicks")));
                    if (numberOf(row[4]) > 0)
                        detail += QStringLiteral(" · ") + counted(numberOf(row[4]), tr("console error"), tr("console errors"));
                    const QString title = timeText(row[1]);
                    Relation go = listRelation(title, detail, "play", "sessions", "session_id = {session}", {{"session", session}});
                    if (!root.isEmpty())
                        go = {title, tr("Opens PostHog in the browser."), "play", {}, {}, QUrl(root + "/replay/" + QString::fromUtf8(QUrl::toPercentEncoding(q(session))))};
                    lines.push_back({title, detail, go});
                }
                return lines;
            }};
}

RelatedList insightsOf(const std::string &dashboard)
{
    return {tr("Insights"), "insight", tr("Nothing stands on this dashboard."), {}, [dashboard](posthog::Driver &driver, std::stop_token stop) -> Lines {
                const auto answer = driver.get("dashboards/" + dashboard + "/", stop);
                if (!answer)
                    return ph::fail(answer.error());
                std::vector<RelatedLine> lines;
                std::optional<std::map<std::string, ph::Json>> known; // where a tile has the insight's id alone
                const ph::Json &tiles = memberOf(*answer, "tiles");
                for (std::size_t i = 0; tiles.is_array() && i < tiles.size(); ++i) {
                    const ph::Json &insight = memberOf(tiles[i], "insight");
                    if (insight.is_object()) {
                        lines.push_back(lineOf("insights", insight, q(textOf(memberOf(insight, "description")))));
                        continue;
                    }
                    const std::string id = textOf(memberOf(tiles[i], "insight_id"));
                    if (id.empty())
                        continue; // A text.
                    if (!known) {
                        auto items = itemsBy(driver, "insights", "id", stop);
                        if (!items)
                            return ph::fail(items.error());
                        known = *std::move(items);
                    }
                    if (const auto found = known->find(id); found != known->end())
                        lines.push_back(lineOf("insights", found->second, q(textOf(memberOf(found->second, "description")))));
                }
                return lines;
            }};
}

RelatedList propertiesOf(const std::string &event)
{
    const std::string hogql = "SELECT arrayJoin(JSONExtractKeys(properties)) AS property, count() AS events\nFROM events\nWHERE timestamp >= now() - INTERVAL 7 DAY AND event = ";
    const std::string rest = "\nGROUP BY property\nORDER BY events DESC, property\nLIMIT 100";
    return {tr("Properties"), "table", tr("None came with this event in the last 7 days."),
            queryRelation(tr("Properties of this event"), tr("What it carried in the last 7 days."), "table", hogql + hogql::quoteString(event) + rest),
            [hogql, rest, event](posthog::Driver &driver, std::stop_token stop) -> Lines {
                const auto table = driver.query(hogql + "{event}" + rest, {{"event", event}}, std::move(stop));
                if (!table)
                    return ph::fail(table.error());
                std::vector<RelatedLine> lines;
                for (const auto &row : table->rows) {
                    if (row.size() < 2)
                        continue;
                    const std::string name = textOf(row[0]);
                    const QString detail = counted(numberOf(row[1]), tr("event"), tr("events"));
                    lines.push_back({q(name), detail, itemRelation(q(name), detail, "property_definitions", name, {})});
                }
                return lines;
            }};
}

} // namespace

std::vector<RelatedList> relatedListsOf(const std::string &object, const ph::Json &item)
{
    if (object == "persons") {
        const std::string person = personIdOf(object, item);
        if (person.empty())
            return {};
        return {cohortsOf(person), flagsOf(person), replaysOf(person)};
    }
    const std::string id = textOf(memberOf(item, "id"));
    if (object == "dashboards" && !id.empty() && id.find_first_not_of("0123456789") == std::string::npos)
        return {insightsOf(id)};
    if (object == "insights" && memberOf(item, "dashboards").is_array())
        return {byIds(tr("Dashboards"), "panel", tr("On no dashboard."), "dashboards", memberOf(item, "dashboards"))};
    if (object == "feature_flags" && memberOf(item, "experiment_set").is_array())
        return {byIds(tr("Experiments"), "funnel", tr("No experiment uses this flag."), "experiments", memberOf(item, "experiment_set"))};
    if (object == "event_definitions" && !textOf(memberOf(item, "name")).empty())
        return {propertiesOf(textOf(memberOf(item, "name")))};
    return {};
}

} // namespace ui
