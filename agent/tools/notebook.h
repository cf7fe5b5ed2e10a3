#pragma once

#include "driver/base/json_fields.h"
#include "driver/base/result.h"

#include <string>
#include <string_view>

/// Jupyter notebooks (nbformat 4): JSON with a list of cells.
namespace tools {

/// The cells as text: what each is, its source, and what it printed. Error: InvalidInput, it is no notebook.
ph::Result<std::string> notebookText(std::string_view bytes);

struct NotebookChange {
    std::string cellId;   // an id, or "cell-3" (from 0) where cells have none; insert: the cell after which, "" for the start
    std::string mode;     // replace, insert or delete
    std::string type;     // code or markdown; "": as it is (insert needs one)
    std::string source;
};
/// The notebook with one cell changed, written as Jupyter does (one blank of indent). Error: InvalidInput, there is no such cell, or it
/// is no notebook.
ph::Result<std::string> changedNotebook(std::string_view bytes, const NotebookChange &change);

} // namespace tools
