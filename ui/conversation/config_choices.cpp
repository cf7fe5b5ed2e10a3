#include "ui/conversation/config_choices.h"

#include "ui/conversation/visible_text.h"

#include <algorithm>

namespace ui {
namespace {

QString textAt(const ph::Json &json, const char *key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? visibleText(found->get<std::string>()) : QString();
}

void addChoices(const ph::Json &list, const QString &group, std::vector<ConfigChoice> &choices)
{
    for (const auto &entry : list) {
        if (!entry.is_object())
            continue;
        if (entry.contains("options") && entry["options"].is_array())
            addChoices(entry["options"], textAt(entry, "name"), choices);
        else if (entry.contains("value"))
            choices.push_back({entry["value"], textAt(entry, "name"), textAt(entry, "description"), group});
    }
}

} // namespace

std::vector<ConfigChoice> choicesOf(const acp::ConfigOption &option)
{
    std::vector<ConfigChoice> choices;
    if (option.options && option.options->is_array())
        addChoices(*option.options, {}, choices);
    for (auto &choice : choices) {
        if (choice.name.isEmpty())
            choice.name = visibleText(choice.value.is_string() ? choice.value.get<std::string>() : choice.value.dump());
    }
    return choices;
}

QString currentName(const acp::ConfigOption &option)
{
    for (const auto &choice : choicesOf(option)) {
        if (choice.value == option.currentValue)
            return choice.name;
    }
    return option.currentValue.is_string() ? visibleText(option.currentValue.get<std::string>()) : QString();
}

const acp::ConfigOption *optionOf(const std::vector<acp::ConfigOption> &options, const std::string &category)
{
    const auto found = std::find_if(options.begin(), options.end(), [&](const acp::ConfigOption &option) { return option.category == category; });
    return found == options.end() ? nullptr : &*found;
}

} // namespace ui
