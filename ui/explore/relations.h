#pragma once

#include "driver/base/json_fields.h"

#include <QJsonObject>
#include <QString>
#include <QUrl>

#include <string>
#include <vector>

/// What belongs to what: person -> events -> sessions -> replays, cohort -> persons, flag -> its calls. Pure functions over the
/// items that posthog::RowsPage carries.
namespace ui {

/// One thing to go to from an item. `kind` and `state` are what Workbench::open() takes; a relation with a `url` leaves the program.
struct Relation {
    QString title;       // "Events of this person"
    QString description; // what it lists
    QString icon;
    QString kind;        // "explore" or "hogql"
    QJsonObject state;
    QUrl url;
};

/// The name to show for an item: e-mail, name, key, event with its time.
QString itemTitle(const std::string &object, const ph::Json &item);

/// What identifies an item within its object; empty when it carries nothing that does.
std::string itemId(const std::string &object, const ph::Json &item);

/// Where one can go from `item`. `host` and `projectId` make replay links; an empty or local host gives none.
std::vector<Relation> relationsOf(const std::string &object, const ph::Json &item, const std::string &host, const std::string &projectId);

/// The item's page in PostHog; empty for a local project and for what has no page.
QUrl pageOf(const std::string &object, const ph::Json &item, const std::string &host, const std::string &projectId);

/// Whether `host` is this computer: its pages cannot be opened in PostHog.
bool isLocalHost(const std::string &host);

/// HogQL that gives the list which the page shows. `values` are written into it as literals. Empty for objects HogQL has no table of.
std::string listHogql(const std::string &object, const std::string &search, const std::string &where, const ph::Json &values);

} // namespace ui
