#pragma once

#include "ui/explore/item.h"

#include <QJsonObject>

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

/// A list of Explore. `where` is HogQL, `values` fill its placeholders.
Relation listRelation(const QString &title, const QString &description, const QString &icon, const char *object, const std::string &where,
                      const ph::Json &values);
/// One item of a REST object, found by a search and opened.
Relation itemRelation(const QString &title, const QString &description, const char *object, const std::string &search, const std::string &id);
/// A query that opens in HogQL and runs.
Relation queryRelation(const QString &title, const QString &description, const QString &icon, const std::string &hogql);

/// Where one can go from `item`. `host` and `projectId` make replay links; an empty or local host gives none.
std::vector<Relation> relationsOf(const std::string &object, const ph::Json &item, const std::string &host, const std::string &projectId);

/// HogQL that gives the list which the page shows. `values` are written into it as literals. Empty for objects HogQL has no table of.
/// Without `limited` it gives all rows, in no order.
std::string listHogql(const std::string &object, const std::string &search, const std::string &where, const ph::Json &values, bool limited = true);

/// What a search in the list means, as a HogQL condition; empty for no search, and for objects HogQL has no table of.
std::string searchCondition(const std::string &object, const std::string &search);

} // namespace ui
