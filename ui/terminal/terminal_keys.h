#pragma once

#include <vterm_keycodes.h>

#include <qnamespace.h>

namespace ui {

/// libvterm's name of a Qt::Key that is no character; VTERM_KEY_NONE for others.
VTermKey terminalKey(int key);
VTermModifier terminalModifiers(Qt::KeyboardModifiers modifiers);

} // namespace ui
