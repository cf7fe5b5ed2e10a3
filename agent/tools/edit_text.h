#pragma once

#include "driver/base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Replacing text in a text. Pure.
namespace tools {

struct TextEdit {
    std::string oldText; // empty: the text is new, and this is all of it
    std::string newText;
    bool replacesAll = false;
};

struct EditedText {
    std::string text;
    std::size_t replaced = 0;    // places, over all edits
    std::size_t firstChange = 0; // where in `text` the first edit begins
};

/// The edits one after another, each on what the one before has left. Where the text has CRLF line ends, edits with LF mean those.
/// Error: InvalidInput, which edit does not fit and why: not found (with the lines that come nearest), or found in several places
/// (with their lines).
ph::Result<EditedText> applyEdits(std::string_view text, const std::vector<TextEdit> &edits);

/// What the edits would make of the text, the first place taken where there are several; nothing when one is not found.
std::optional<std::string> previewOf(std::string_view text, const std::vector<TextEdit> &edits);

/// The lines around a place, with their numbers, as Read shows them.
std::string surroundings(std::string_view text, std::size_t place);

} // namespace tools
