#include "ui/explore/item.h"

#include <QCoreApplication>

#include <map>

namespace ui {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("Item", text); }
QString q(const std::string &text) { return QString::fromStdString(text); }
QString encoded(const std::string &text) { return QString::fromUtf8(QUrl::toPercentEncoding(q(text))); }

} // namespace

const ph::Json &memberOf(const ph::Json &item, const char *key)
{
    static const ph::Json none;
    if (!item.is_object())
        return none;
    const auto found = item.find(key);
    return found == item.end() ? none : *found;
}

std::string textOf(const ph::Json &value)
{
    if (value.is_string())
        return value.get<std::string>();
    return value.is_number() || value.is_boolean() ? value.dump() : std::string();
}

std::string firstTextOf(std::initializer_list<const ph::Json *> values)
{
    for (const ph::Json *value : values) {
        if (std::string found = textOf(*value); !found.empty())
            return found;
    }
    return {};
}

std::string personIdOf(const std::string &object, const ph::Json &item)
{
    if (object == "persons")
        return firstTextOf({&memberOf(item, "uuid"), &memberOf(item, "id")});
    const ph::Json &person = memberOf(item, "person");
    if (object == "session_recordings") // whose `id` is a number there
        return textOf(memberOf(person, "uuid"));
    return firstTextOf({&memberOf(item, "person_id"), &memberOf(person, "id"), &memberOf(person, "uuid")});
}

std::string sessionIdOf(const std::string &object, const ph::Json &item)
{
    if (object == "sessions" || object == "session_recordings")
        return firstTextOf({&memberOf(item, "session_id"), &memberOf(item, "id")});
    return firstTextOf({&memberOf(item, "$session_id"), &memberOf(memberOf(item, "properties"), "$session_id")});
}

bool isLocalHost(const std::string &host)
{
    const QString name = QUrl(q(host)).host();
    return name.isEmpty() || name == "localhost" || name == "::1" || name.startsWith("127.");
}

QString projectPage(const std::string &host, const std::string &projectId)
{
    return isLocalHost(host) ? QString() : q(host) + QStringLiteral("/project/") + encoded(projectId);
}

QString itemTitle(const std::string &object, const ph::Json &item)
{
    const ph::Json &properties = memberOf(item, "properties");
    if (object == "events")
        return q(firstTextOf({&memberOf(item, "event"), &memberOf(item, "name")}));
    if (object == "persons") {
        const ph::Json &ids = memberOf(item, "distinct_ids");
        const ph::Json none;
        const ph::Json &first = ids.is_array() && !ids.empty() ? ids.front() : none;
        return q(firstTextOf({&memberOf(properties, "email"), &memberOf(item, "email"), &memberOf(properties, "name"), &memberOf(item, "name"), &first, &memberOf(item, "id")}));
    }
    if (object == "feature_flags")
        return q(firstTextOf({&memberOf(item, "key"), &memberOf(item, "name")}));
    if (object == "sessions") {
        const std::string entry = firstTextOf({&memberOf(item, "$entry_pathname"), &memberOf(item, "$entry_current_url")});
        return entry.empty() ? tr("Session %1").arg(q(sessionIdOf(object, item)).left(8)) : tr("Session from %1").arg(q(entry));
    }
    if (object == "session_recordings") {
        const ph::Json &person = memberOf(item, "person");
        const std::string who = firstTextOf({&memberOf(person, "name"), &memberOf(item, "distinct_id"), &memberOf(item, "id")});
        return who.empty() ? QString() : tr("Recording of %1").arg(q(who));
    }
    if (object == "annotations")
        return q(textOf(memberOf(item, "content")));
    if (object == "groups")
        return q(firstTextOf({&memberOf(properties, "name"), &memberOf(memberOf(item, "group_properties"), "name"), &memberOf(item, "key"), &memberOf(item, "group_key")}));
    return q(firstTextOf({&memberOf(item, "name"), &memberOf(item, "derived_name"), &memberOf(item, "short_id"), &memberOf(item, "id")}));
}

std::string itemId(const std::string &object, const ph::Json &item)
{
    if (object == "events")
        return firstTextOf({&memberOf(item, "uuid"), &memberOf(item, "id")});
    if (object == "persons")
        return personIdOf(object, item);
    if (object == "sessions" || object == "session_recordings")
        return sessionIdOf(object, item);
    if (object == "insights")
        return firstTextOf({&memberOf(item, "short_id"), &memberOf(item, "id")});
    if (object == "groups")
        return firstTextOf({&memberOf(item, "key"), &memberOf(item, "group_key")});
    if (object == "event_definitions" || object == "property_definitions")
        return firstTextOf({&memberOf(item, "id"), &memberOf(item, "name")});
    return textOf(memberOf(item, "id"));
}

QUrl pageOf(const std::string &object, const ph::Json &item, const std::string &host, const std::string &projectId)
{
    const QString root = projectPage(host, projectId);
    const std::string id = itemId(object, item);
    if (root.isEmpty() || id.empty())
        return {};
    if (object == "events") {
        const std::string moment = textOf(memberOf(item, "timestamp"));
        return QUrl(root + "/events/" + encoded(id) + (moment.empty() ? QString() : "/" + encoded(moment)));
    }
    if (object == "groups") {
        const std::string index = firstTextOf({&memberOf(item, "index"), &memberOf(item, "group_type_index")});
        return index.empty() ? QUrl() : QUrl(root + "/groups/" + encoded(index) + "/" + encoded(id));
    }
    static const std::map<std::string, const char *> pages{
        {"actions", "/data-management/actions/"},
        {"annotations", "/data-management/annotations/"},
        {"cohorts", "/cohorts/"},
        {"dashboards", "/dashboard/"},
        {"event_definitions", "/data-management/events/"},
        {"experiments", "/experiments/"},
        {"feature_flags", "/feature_flags/"},
        {"insights", "/insights/"},
        {"persons", "/persons/"},
        {"property_definitions", "/data-management/properties/"},
        {"session_recordings", "/replay/"},
        {"sessions", "/replay/"},
        {"surveys", "/surveys/"},
    };
    const auto found = pages.find(object);
    return found == pages.end() ? QUrl() : QUrl(root + found->second + encoded(id));
}

} // namespace ui
