#pragma once

#include <QString>

#include <string>

namespace ui {

/// What the change of a text from `before` to `after` does, line by line: "- " what goes, "+ " what comes, "  " up to three lines
/// around; "… 12 unchanged lines" stands for the rest. Each line as visibleText() shows it. Empty where nothing changes.
QString diffText(const std::string &before, const std::string &after);

} // namespace ui
