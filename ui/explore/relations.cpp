#include "ui/explore/relations.h"

#include "driver/hogql/printer.h"

#include <QCoreApplication>
#include <QJsonDocument>

#include <algorithm>
#include <cctype>

namespace ui {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("Relations", text); }

/// The value of `key`, or null. Items come from servers: anything may be missing.
const ph::Json &at(const ph::Json &item, const char *key)
{
    static const ph::Json none;
    if (!item.is_object())
        return none;
    const auto found = item.find(key);
    return found == item.end() ? none : *found;
}

std::string text(const ph::Json &value)
{
    if (value.is_string())
        return value.get<std::string>();
    return value.is_number() || value.is_boolean() ? value.dump() : std::string();
}

std::string firstText(std::initializer_list<const ph::Json *> values)
{
    for (const ph::Json *value : values) {
        if (std::string found = text(*value); !found.empty())
            return found;
    }
    return {};
}

QString q(const std::string &text) { return QString::fromStdString(text); }

QJsonObject toQt(const ph::Json &json) { return QJsonDocument::fromJson(QByteArray::fromStdString(json.dump())).object(); }

Relation list(const QString &title, const QString &description, const QString &icon, const char *object, const char *where, const ph::Json &values)
{
    return {title, description, icon, QStringLiteral("explore"),
            QJsonObject{{"object", object}, {"where", where}, {"values", toQt(values)}}, {}};
}

Relation query(const QString &title, const QString &description, const QString &icon, const std::string &hogql)
{
    return {title, description, icon, QStringLiteral("hogql"),
            QJsonObject{{"text", q(hogql)}, {"title", title}, {"run", true}}, {}};
}

QString webRoot(const std::string &host, const std::string &projectId)
{
    return isLocalHost(host) ? QString() : q(host) + QStringLiteral("/project/") + QString::fromUtf8(QUrl::toPercentEncoding(q(projectId)));
}

std::string personIdOf(const std::string &object, const ph::Json &item)
{
    if (object == "persons")
        return firstText({&at(item, "uuid"), &at(item, "id")});
    return firstText({&at(item, "person_id"), &at(at(item, "person"), "id"), &at(at(item, "person"), "uuid")});
}

std::string sessionIdOf(const std::string &object, const ph::Json &item)
{
    if (object == "sessions")
        return firstText({&at(item, "session_id"), &at(item, "id")});
    return firstText({&at(item, "$session_id"), &at(at(item, "properties"), "$session_id")});
}

void addPerson(std::vector<Relation> &relations, const std::string &personId, bool isItself)
{
    if (personId.empty())
        return;
    const ph::Json values{{"person", personId}};
    if (!isItself)
        relations.push_back(list(tr("The person"), tr("Who did this."), "user", "persons", "id = {person}", values));
    relations.push_back(list(tr("Events of this person"), tr("Everything they did, newest first."), "event", "events", "person_id = {person}", values));
    relations.push_back(list(tr("Sessions of this person"), tr("Their visits."), "clock", "sessions",
                             "session_id IN (SELECT `$session_id` FROM events WHERE person_id = {person})", values));
    relations.push_back(query(tr("Replays of this person"), tr("Recorded sessions, longest activity first."), "play",
                              "SELECT session_id, min(start_time) AS started, round(sum(active_milliseconds) / 1000) AS active_seconds,\n"
                              "    sum(click_count) AS clicks, sum(console_error_count) AS console_errors\n"
                              "FROM session_replay_events\n"
                              "WHERE session_id IN (SELECT `$session_id` FROM events WHERE person_id = "
                                  + hogql::quoteString(personId) + ")\nGROUP BY session_id\nORDER BY active_seconds DESC"));
    relations.push_back(query(tr("Cohorts of this person"), tr("The cohorts that hold this person now."), "people",
                              "SELECT cohort_id FROM cohort_people WHERE person_id = " + hogql::quoteString(personId)));
    relations.push_back(query(tr("Flags this person saw"), tr("Feature flags that were evaluated, with their last answer."), "flag",
                              "SELECT properties.`$feature_flag` AS flag, argMax(properties.`$feature_flag_response`, timestamp) AS answer,\n"
                              "    count() AS calls, max(timestamp) AS last_called\n"
                              "FROM events\nWHERE event = '$feature_flag_called' AND person_id = "
                                  + hogql::quoteString(personId) + "\nGROUP BY flag\nORDER BY last_called DESC"));
}

void addSession(std::vector<Relation> &relations, const std::string &sessionId, bool isItself, const QString &root, qint64 seconds)
{
    if (sessionId.empty())
        return;
    const ph::Json values{{"session", sessionId}};
    if (!isItself)
        relations.push_back(list(tr("The session"), tr("The visit this happened in."), "clock", "sessions", "session_id = {session}", values));
    relations.push_back(list(tr("Events of this session"), tr("What happened, in order."), "event", "events", "`$session_id` = {session}", values));
    if (isItself)
        relations.push_back(list(tr("Who was here"), tr("The person of this session."), "user", "persons",
                                 "id IN (SELECT person_id FROM events WHERE `$session_id` = {session})", values));
    if (root.isEmpty()) {
        relations.push_back(query(tr("Replay of this session"), tr("What its recording holds."), "play",
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

bool isLocalHost(const std::string &host)
{
    const QString name = QUrl(q(host)).host();
    return name.isEmpty() || name == "localhost" || name == "::1" || name.startsWith("127.");
}

QString itemTitle(const std::string &object, const ph::Json &item)
{
    if (object == "events")
        return q(firstText({&at(item, "event"), &at(item, "name")}));
    if (object == "persons") {
        const ph::Json &properties = at(item, "properties");
        const ph::Json &ids = at(item, "distinct_ids");
        const ph::Json none;
        const ph::Json &first = ids.is_array() && !ids.empty() ? ids.front() : none;
        return q(firstText({&at(properties, "email"), &at(item, "email"), &at(properties, "name"), &at(item, "name"), &first, &at(item, "id")}));
    }
    if (object == "feature_flags")
        return q(firstText({&at(item, "key"), &at(item, "name")}));
    if (object == "sessions") {
        const std::string entry = firstText({&at(item, "$entry_pathname"), &at(item, "$entry_current_url")});
        return entry.empty() ? tr("Session %1").arg(q(sessionIdOf(object, item)).left(8)) : tr("Session from %1").arg(q(entry));
    }
    return q(firstText({&at(item, "name"), &at(item, "derived_name"), &at(item, "short_id"), &at(item, "id")}));
}

std::string itemId(const std::string &object, const ph::Json &item)
{
    if (object == "events")
        return firstText({&at(item, "uuid"), &at(item, "id")});
    if (object == "persons")
        return personIdOf(object, item);
    if (object == "sessions")
        return sessionIdOf(object, item);
    if (object == "insights")
        return firstText({&at(item, "short_id"), &at(item, "id")});
    return text(at(item, "id"));
}

std::vector<Relation> relationsOf(const std::string &object, const ph::Json &item, const std::string &host, const std::string &projectId)
{
    std::vector<Relation> relations;
    const QString root = webRoot(host, projectId);
    if (object == "persons") {
        addPerson(relations, personIdOf(object, item), true);
    } else if (object == "events") {
        addSession(relations, sessionIdOf(object, item), false, root, 0);
        addPerson(relations, personIdOf(object, item), false);
        if (const std::string event = text(at(item, "event")); !event.empty())
            relations.push_back(list(tr("All “%1” events").arg(q(event)), tr("The same event, everybody's."), "event", "events", "event = {event}",
                                     {{"event", event}}));
    } else if (object == "sessions") {
        addSession(relations, sessionIdOf(object, item), true, root, 0);
    } else if (object == "cohorts") {
        if (const std::string id = text(at(item, "id")); !id.empty() && std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isdigit(c); })) {
            const std::string member = " IN COHORT " + id;
            relations.push_back({tr("Persons in this cohort"), tr("Who belongs to it."), "people", "explore",
                                 QJsonObject{{"object", "persons"}, {"where", q("id" + member)}}, {}});
            relations.push_back({tr("Events of this cohort"), tr("What its persons do."), "event", "explore",
                                 QJsonObject{{"object", "events"}, {"where", q("person_id" + member)}}, {}});
        }
    } else if (object == "feature_flags") {
        if (const std::string key = text(at(item, "key")); !key.empty()) {
            relations.push_back(query(tr("Calls of this flag by day"), tr("How often it was evaluated, by answer."), "line-chart",
                                      "SELECT toStartOfDay(timestamp) AS day, properties.`$feature_flag_response` AS answer,\n"
                                      "    count() AS calls, uniq(person_id) AS persons\n"
                                      "FROM events\nWHERE event = '$feature_flag_called' AND properties.`$feature_flag` = "
                                          + hogql::quoteString(key) + "\n    AND timestamp >= now() - INTERVAL 30 DAY\nGROUP BY day, answer\nORDER BY day"));
            relations.push_back(list(tr("Evaluations of this flag"), tr("Each call as an event."), "event", "events",
                                     "event = '$feature_flag_called' AND properties.`$feature_flag` = {flag}", {{"flag", key}}));
        }
    } else if (object == "insights") {
        const ph::Json &stored = at(item, "query");
        const ph::Json &source = at(stored, "source").is_object() ? at(stored, "source") : stored;
        if (text(at(source, "kind")) == "HogQLQuery" && !text(at(source, "query")).empty())
            relations.push_back(query(tr("Its HogQL"), tr("The query behind this insight."), "hogql", text(at(source, "query"))));
    }
    return relations;
}

QUrl pageOf(const std::string &object, const ph::Json &item, const std::string &host, const std::string &projectId)
{
    const QString root = webRoot(host, projectId);
    const std::string id = itemId(object, item);
    if (root.isEmpty() || id.empty())
        return {};
    const QString encoded = QString::fromUtf8(QUrl::toPercentEncoding(q(id)));
    if (object == "persons")
        return QUrl(root + "/persons/" + encoded);
    if (object == "insights")
        return QUrl(root + "/insights/" + encoded);
    if (object == "cohorts")
        return QUrl(root + "/cohorts/" + encoded);
    if (object == "feature_flags")
        return QUrl(root + "/feature_flags/" + encoded);
    if (object == "sessions")
        return QUrl(root + "/replay/" + encoded);
    if (object == "events") {
        const std::string moment = text(at(item, "timestamp"));
        return QUrl(root + "/events/" + encoded + (moment.empty() ? QString() : "/" + QString::fromUtf8(QUrl::toPercentEncoding(q(moment)))));
    }
    return {};
}

std::string listHogql(const std::string &object, const std::string &search, const std::string &where, const ph::Json &values)
{
    std::string select, order, searched;
    const std::string pattern = hogql::quoteString("%" + search + "%");
    if (object == "events") {
        select = "SELECT timestamp, event, person_id, distinct_id, `$session_id`, properties\nFROM events";
        order = "timestamp DESC";
        searched = "event ILIKE " + pattern;
    } else if (object == "persons") {
        select = "SELECT id, created_at, properties.email AS email, properties.name AS name, properties\nFROM persons";
        order = "created_at DESC";
        searched = "(properties.email ILIKE " + pattern + " OR properties.name ILIKE " + pattern + ")";
    } else if (object == "sessions") {
        select = "SELECT session_id, distinct_id, `$start_timestamp`, `$session_duration`, `$entry_pathname`, `$pageview_count`\nFROM sessions";
        order = "`$start_timestamp` DESC";
        searched = "(distinct_id ILIKE " + pattern + " OR `$entry_pathname` ILIKE " + pattern + ")";
    } else {
        return {};
    }
    std::string conditions = where.empty() ? "" : "(" + withLiterals(where, values) + ")";
    if (!search.empty())
        conditions += (conditions.empty() ? "" : " AND ") + searched;
    if (object == "events" && conditions.empty())
        conditions = "timestamp >= now() - INTERVAL 1 DAY";
    return select + (conditions.empty() ? "" : "\nWHERE " + conditions) + "\nORDER BY " + order + "\nLIMIT 200";
}

} // namespace ui
