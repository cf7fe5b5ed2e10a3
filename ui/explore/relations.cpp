#include "ui/explore/relations.h"

#include "driver/hogql/printer.h"
#include "ui/explore/object_list.h"

#include <QCoreApplication>
#include <QJsonDocument>

#include <algorithm>
#include <cctype>

namespace ui {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("Relations", text); }
QString q(const std::string &text) { return QString::fromStdString(text); }
QJsonObject toQt(const ph::Json &json) { return QJsonDocument::fromJson(QByteArray::fromStdString(json.dump())).object(); }

bool isNumber(const std::string &id) { return !id.empty() && std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isdigit(c); }); }

void addPerson(std::vector<Relation> &relations, const std::string &personId, bool isItself)
{
    if (personId.empty())
        return;
    const ph::Json values{{"person", personId}};
    if (!isItself)
        relations.push_back(listRelation(tr("The person"), tr("Who did this."), "user", "persons", "id = {person}", values));
    relations.push_back(listRelation(tr("Events of this person"), tr("Everything they did, newest first."), "event", "events", "person_id = {person}", values));
    relations.push_back(listRelation(tr("Sessions of this person"), tr("Their visits."), "clock", "sessions",
                                     "session_id IN (SELECT `$session_id` FROM events WHERE person_id = {person})", values));
}

void addSession(std::vector<Relation> &relations, const std::string &sessionId, bool isItself, const QString &root, qint64 seconds)
{
    if (sessionId.empty())
        return;
    const ph::Json values{{"session", sessionId}};
    if (!isItself)
        relations.push_back(listRelation(tr("The session"), tr("The visit this happened in."), "clock", "sessions", "session_id = {session}", values));
    relations.push_back(listRelation(tr("Events of this session"), tr("What happened, in order."), "event", "events", "`$session_id` = {session}", values));
    if (isItself)
        relations.push_back(listRelation(tr("Who was here"), tr("The person of this session."), "user", "persons",
                                         "id IN (SELECT person_id FROM events WHERE `$session_id` = {session})", values));
    if (root.isEmpty()) {
        relations.push_back(queryRelation(tr("Replay of this session"), tr("What its recording holds."), "play",
                                          "SELECT session_id, min(start_time) AS started, max(end_time) AS ended, sum(click_count) AS clicks,\n"
                                          "    sum(console_error_count) AS console_errors\nFROM session_replay_events\nWHERE session_id = "
                                              + hogql::quoteString(sessionId) + "\nGROUP BY session_id"));
    } else {
        QString url = root + QStringLiteral("/replay/") + QString::fromUtf8(QUrl::toPercentEncoding(q(sessionId)));
        if (seconds > 0)
            url += QStringLiteral("?t=%1").arg(seconds);
        relations.push_back({tr("Watch the replay"), tr("Opens PostHog in the browser."), "play", {}, {}, QUrl(url)});
    }
}

void addCohort(std::vector<Relation> &relations, const ph::Json &item)
{
    const std::string id = textOf(memberOf(item, "id"));
    if (!isNumber(id))
        return;
    relations.push_back(listRelation(tr("Persons in this cohort"), tr("Who belongs to it."), "people", "persons", "id IN COHORT " + id, {}));
    relations.push_back(listRelation(tr("Events of this cohort"), tr("What its persons do."), "event", "events", "person_id IN COHORT " + id, {}));
}

void addFlag(std::vector<Relation> &relations, const std::string &key)
{
    if (key.empty())
        return;
    relations.push_back(queryRelation(tr("Calls of this flag by day"), tr("How often it was evaluated, by answer."), "line-chart",
                                      "SELECT toStartOfDay(timestamp) AS day, properties.`$feature_flag_response` AS answer,\n"
                                      "    count() AS calls, uniq(person_id) AS persons\n"
                                      "FROM events\nWHERE event = '$feature_flag_called' AND properties.`$feature_flag` = "
                                          + hogql::quoteString(key) + "\n    AND timestamp >= now() - INTERVAL 30 DAY\nGROUP BY day, answer\nORDER BY day"));
    relations.push_back(listRelation(tr("Evaluations of this flag"), tr("Each call as an event."), "event", "events",
                                     "event = '$feature_flag_called' AND properties.`$feature_flag` = {flag}", {{"flag", key}}));
}

void addInsight(std::vector<Relation> &relations, const ph::Json &item)
{
    const ph::Json &stored = memberOf(item, "query");
    const ph::Json &source = memberOf(stored, "source").is_object() ? memberOf(stored, "source") : stored;
    const std::string text = textOf(memberOf(source, "query"));
    if (textOf(memberOf(source, "kind")) == "HogQLQuery" && !text.empty())
        relations.push_back(queryRelation(tr("Its HogQL"), tr("The query behind this insight."), "hogql", text));
}

void addAction(std::vector<Relation> &relations, const ph::Json &item)
{
    const std::string id = textOf(memberOf(item, "id"));
    if (!isNumber(id))
        return;
    const std::string matches = "matchesAction(" + id + ")";
    relations.push_back(listRelation(tr("Events of this action"), tr("What it has matched, newest first."), "event", "events", matches, {}));
    relations.push_back(queryRelation(tr("This action by day"), tr("How often it happened, and to how many."), "line-chart",
                                      "SELECT toStartOfDay(timestamp) AS day, count() AS times, uniq(person_id) AS persons\nFROM events\nWHERE " + matches
                                          + " AND timestamp >= now() - INTERVAL 30 DAY\nGROUP BY day\nORDER BY day"));
}

void addExperiment(std::vector<Relation> &relations, const ph::Json &item)
{
    const std::string key = textOf(memberOf(item, "feature_flag_key"));
    if (key.empty())
        return;
    const ph::Json &flag = memberOf(item, "feature_flag");
    relations.push_back(itemRelation(tr("Its feature flag"), q(key), "feature_flags", key, textOf(memberOf(flag, "id"))));
    relations.push_back(queryRelation(tr("Exposures by variant"), tr("How many met each variant: the split, before any effect."), "people",
                                      "SELECT properties.`$feature_flag_response` AS variant, uniq(person_id) AS persons, min(timestamp) AS first, max(timestamp) AS last\n"
                                      "FROM events\nWHERE event = '$feature_flag_called' AND properties.`$feature_flag` = "
                                          + hogql::quoteString(key) + "\nGROUP BY variant\nORDER BY variant"));
    relations.push_back(listRelation(tr("Exposures"), tr("Each evaluation of its flag as an event."), "event", "events",
                                     "event = '$feature_flag_called' AND properties.`$feature_flag` = {flag}", {{"flag", key}}));
}

void addSurvey(std::vector<Relation> &relations, const ph::Json &item)
{
    const std::string id = firstTextOf({&memberOf(item, "survey_id"), &memberOf(item, "id")});
    if (id.empty())
        return;
    const ph::Json values{{"survey", id}};
    relations.push_back(listRelation(tr("Its answers"), tr("Each answer as an event."), "event", "events",
                                     "event = 'survey sent' AND properties.`$survey_id` = {survey}", values));
    relations.push_back(listRelation(tr("Where it was shown"), tr("Each time somebody saw it."), "event", "events",
                                     "event = 'survey shown' AND properties.`$survey_id` = {survey}", values));
    relations.push_back(listRelation(tr("Who answered"), tr("The persons behind the answers."), "user", "persons",
                                     "id IN (SELECT person_id FROM events WHERE event = 'survey sent' AND properties.`$survey_id` = {survey})", values));
}

void addGroup(std::vector<Relation> &relations, const ph::Json &item)
{
    const std::string key = itemId("groups", item);
    const std::string index = firstTextOf({&memberOf(item, "index"), &memberOf(item, "group_type_index")});
    if (key.empty() || index.size() != 1 || index[0] < '0' || index[0] > '4') // PostHog has five types of groups
        return;
    const std::string column = "`$group_" + index + "`";
    const ph::Json values{{"group", key}};
    relations.push_back(listRelation(tr("Events of this group"), tr("What its members did."), "event", "events", column + " = {group}", values));
    relations.push_back(listRelation(tr("Persons of this group"), tr("Who acted for it."), "user", "persons",
                                     "id IN (SELECT person_id FROM events WHERE " + column + " = {group})", values));
}

void addEventDefinition(std::vector<Relation> &relations, const ph::Json &item)
{
    const std::string name = textOf(memberOf(item, "name"));
    if (name.empty())
        return;
    relations.push_back(listRelation(tr("Events of this name"), tr("Newest first."), "event", "events", "event = {event}", {{"event", name}}));
    relations.push_back(queryRelation(tr("This event by day"), tr("How often it came, and from how many."), "line-chart",
                                      "SELECT toStartOfDay(timestamp) AS day, count() AS times, uniq(person_id) AS persons\nFROM events\nWHERE event = "
                                          + hogql::quoteString(name) + " AND timestamp >= now() - INTERVAL 30 DAY\nGROUP BY day\nORDER BY day"));
}

void addPropertyDefinition(std::vector<Relation> &relations, const ph::Json &item)
{
    const std::string name = textOf(memberOf(item, "name"));
    if (name.empty())
        return;
    const std::string property = "properties." + hogql::quoteIdentifier(name);
    relations.push_back(queryRelation(tr("Its values"), tr("The most frequent ones of 30 days."), "table",
                                      "SELECT " + property + " AS value, count() AS events, uniq(person_id) AS persons\nFROM events\nWHERE timestamp >= now() - INTERVAL 30 DAY AND "
                                          + property + " IS NOT NULL\nGROUP BY value\nORDER BY events DESC\nLIMIT 100"));
    relations.push_back(listRelation(tr("Events that carry it"), tr("Newest first."), "event", "events", property + " IS NOT NULL", {}));
}

void addAnnotation(std::vector<Relation> &relations, const ph::Json &item)
{
    const std::string moment = textOf(memberOf(item, "date_marker"));
    if (moment.size() < 10)
        return;
    relations.push_back(queryRelation(tr("The days around it"), tr("Events and persons by day, a week before and after."), "line-chart",
                                      "SELECT toStartOfDay(timestamp) AS day, count() AS events, uniq(person_id) AS persons\nFROM events\n"
                                      "WHERE timestamp >= toDateTime(" + hogql::quoteString(moment.substr(0, 10)) + ") - INTERVAL 7 DAY AND timestamp < toDateTime("
                                          + hogql::quoteString(moment.substr(0, 10)) + ") + INTERVAL 8 DAY\nGROUP BY day\nORDER BY day"));
}

/// {name} in a condition as the literal it stands for.
std::string withLiterals(std::string where, const ph::Json &values)
{
    for (const auto &[name, value] : values.items()) {
        const std::string placeholder = "{" + name + "}";
        std::string literal;
        if (value.is_array()) {
            for (const ph::Json &item : value)
                literal += (literal.empty() ? "" : ", ") + (item.is_string() ? hogql::quoteString(item.get<std::string>()) : item.dump());
            literal = "(" + literal + ")";
        } else {
            literal = value.is_string() ? hogql::quoteString(value.get<std::string>()) : value.dump();
        }
        for (auto place = where.find(placeholder); place != std::string::npos; place = where.find(placeholder, place + literal.size()))
            where.replace(place, placeholder.size(), literal);
    }
    return where;
}

} // namespace

Relation listRelation(const QString &title, const QString &description, const QString &icon, const char *object, const std::string &where,
                      const ph::Json &values)
{
    QJsonObject state{{"object", object}, {"where", q(where)}};
    if (values.is_object() && !values.empty())
        state["values"] = toQt(values);
    return {title, description, icon, QStringLiteral("explore"), state, {}};
}

Relation itemRelation(const QString &title, const QString &description, const char *object, const std::string &search, const std::string &id)
{
    QJsonObject state{{"object", object}, {"search", q(search)}};
    if (!id.empty())
        state["select"] = q(id);
    return {title, description, objectIcon(object), QStringLiteral("explore"), state, {}};
}

Relation queryRelation(const QString &title, const QString &description, const QString &icon, const std::string &hogql)
{
    return {title, description, icon, QStringLiteral("hogql"), QJsonObject{{"text", q(hogql)}, {"title", title}, {"run", true}}, {}};
}

std::vector<Relation> relationsOf(const std::string &object, const ph::Json &item, const std::string &host, const std::string &projectId)
{
    std::vector<Relation> relations;
    const QString root = projectPage(host, projectId);
    if (object == "persons") {
        addPerson(relations, personIdOf(object, item), true);
    } else if (object == "events") {
        addSession(relations, sessionIdOf(object, item), false, root, 0);
        addPerson(relations, personIdOf(object, item), false);
        if (const std::string event = textOf(memberOf(item, "event")); !event.empty())
            relations.push_back(listRelation(tr("All “%1” events").arg(q(event)), tr("The same event, everybody's."), "event", "events", "event = {event}",
                                             {{"event", event}}));
    } else if (object == "sessions") {
        addSession(relations, sessionIdOf(object, item), true, root, 0);
    } else if (object == "session_recordings") {
        addSession(relations, sessionIdOf(object, item), true, root, 0);
        addPerson(relations, personIdOf(object, item), false);
    } else if (object == "cohorts") {
        addCohort(relations, item);
    } else if (object == "feature_flags") {
        addFlag(relations, textOf(memberOf(item, "key")));
    } else if (object == "insights") {
        addInsight(relations, item);
    } else if (object == "actions") {
        addAction(relations, item);
    } else if (object == "experiments") {
        addExperiment(relations, item);
    } else if (object == "surveys") {
        addSurvey(relations, item);
    } else if (object == "groups") {
        addGroup(relations, item);
    } else if (object == "event_definitions") {
        addEventDefinition(relations, item);
    } else if (object == "property_definitions") {
        addPropertyDefinition(relations, item);
    } else if (object == "annotations") {
        addAnnotation(relations, item);
    }
    return relations;
}

std::string searchCondition(const std::string &object, const std::string &search)
{
    if (search.empty())
        return {};
    const std::string pattern = hogql::quoteString("%" + search + "%");
    if (object == "events")
        return "event ILIKE " + pattern;
    if (object == "persons")
        return "(properties.email ILIKE " + pattern + " OR properties.name ILIKE " + pattern + ")";
    if (object == "sessions")
        return "(distinct_id ILIKE " + pattern + " OR `$entry_pathname` ILIKE " + pattern + ")";
    return {};
}

std::string listHogql(const std::string &object, const std::string &search, const std::string &where, const ph::Json &values, bool limited)
{
    std::string select, order;
    if (object == "events") {
        select = "SELECT timestamp, event, person_id, distinct_id, `$session_id`, properties\nFROM events";
        order = "timestamp DESC";
    } else if (object == "persons") {
        select = "SELECT id, created_at, properties.email AS email, properties.name AS name, properties\nFROM persons";
        order = "created_at DESC";
    } else if (object == "sessions") {
        select = "SELECT session_id, distinct_id, `$start_timestamp`, `$session_duration`, `$entry_pathname`, `$pageview_count`\nFROM sessions";
        order = "`$start_timestamp` DESC";
    } else {
        return {};
    }
    std::string conditions = where.empty() ? "" : "(" + withLiterals(where, values) + ")";
    if (const std::string searched = searchCondition(object, search); !searched.empty())
        conditions += (conditions.empty() ? "" : " AND ") + searched;
    if (limited && object == "events" && conditions.empty())
        conditions = "timestamp >= now() - INTERVAL 1 DAY";
    if (!conditions.empty())
        select += "\nWHERE " + conditions;
    return limited ? select + "\nORDER BY " + order + "\nLIMIT 200" : select;
}

} // namespace ui
