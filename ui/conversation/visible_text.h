#pragma once

#include <QString>

namespace ui {

/// Text of an agent, a server or a program made safe to show: terminal sequences (CSI, OSC and the like) are taken out, and
/// characters that hide or reorder what is read (direction marks, zero-width and tag characters, control characters) become
/// visible as "[U+202E]". Line ends and tabs stay. Joiners stay where scripts and emoji need them.
QString visibleText(const QString &text);

/// The same of UTF-8; bytes that are no UTF-8 become U+FFFD.
QString visibleText(const std::string &text);

/// Whether visibleText() would change the text.
bool hidesSomething(const QString &text);

} // namespace ui
