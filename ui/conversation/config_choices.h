#pragma once

#include "agent/acp/types.h"

#include <QString>

#include <vector>

namespace ui {

/// One value of a session's setting. Names and descriptions are shown as they are here.
struct ConfigChoice {
    ph::Json value;
    QString name;
    QString description;
    QString group; // its heading; empty: none
};

/// What a setting may be set to, in the agent's order; flat and grouped lists alike. Nothing for settings of a kind we do not know.
std::vector<ConfigChoice> choicesOf(const acp::ConfigOption &option);

/// The name of the value that holds now.
QString currentName(const acp::ConfigOption &option);

/// The setting of a category ("mode", "model"); null: the agent has none.
const acp::ConfigOption *optionOf(const std::vector<acp::ConfigOption> &options, const std::string &category);

} // namespace ui
