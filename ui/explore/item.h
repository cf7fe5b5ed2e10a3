#pragma once

#include "driver/base/json_fields.h"

#include <QString>
#include <QUrl>

#include <initializer_list>
#include <string>

/// What is known of one item of an object, from the JSON that the server gave. Pure; anything may be missing in it.
namespace ui {

/// The name to show for an item: e-mail, name, key, event with its time.
QString itemTitle(const std::string &object, const ph::Json &item);

/// What identifies an item within its object; empty when it carries nothing that does.
std::string itemId(const std::string &object, const ph::Json &item);

/// The person and the session that an item is about, or is; empty where it names none.
std::string personIdOf(const std::string &object, const ph::Json &item);
std::string sessionIdOf(const std::string &object, const ph::Json &item);

/// The item's page in PostHog; empty for a local project and for what has no page.
QUrl pageOf(const std::string &object, const ph::Json &item, const std::string &host, const std::string &projectId);

/// "https://eu.posthog.com/project/12"; empty for this computer, whose pages cannot be opened in PostHog.
QString projectPage(const std::string &host, const std::string &projectId);
bool isLocalHost(const std::string &host);

/// A member of an item, or null; as text, empty when it is neither text nor number; the first text that is not empty.
const ph::Json &memberOf(const ph::Json &item, const char *key);
std::string textOf(const ph::Json &value);
std::string firstTextOf(std::initializer_list<const ph::Json *> values);

} // namespace ui
