#pragma once

#include "driver/base/result.h"
#include "driver/posthog/table.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace posthog {

/// One answer of query/, read where it lies: for pages of megabytes, of which every cell is only passed on.
struct QueryPage {
    std::unique_ptr<const std::string> body; // what the cells point into
    std::vector<Column> columns;
    std::vector<std::string_view> cells; // row after row, each the JSON text as sent: "\"a\\n\"", 12, null, [1,2]
    bool hasMore = false;
    bool repaired = false; // bytes that are no UTF-8 were replaced

    std::size_t rows() const { return columns.empty() ? 0 : cells.size() / columns.size(); }
    std::string_view cell(std::size_t row, std::size_t column) const { return cells[row * columns.size() + column]; }
};

/// Reads such answers one after the other. One thread at a time.
class QueryPageReader
{
public:
    QueryPageReader();
    ~QueryPageReader();

    /// Errors: Network (the JSON is cut off or none), InvalidInput (the answer is an error in itself), Internal (no results).
    /// `host` is for the message.
    ph::Result<QueryPage> read(std::string body, const std::string &host);

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

/// Gives each member of the JSON object in `line` as its name and its JSON text, which points into `line`. False when it is none.
bool readObject(std::string &line, const std::function<void(std::string_view name, std::string_view json)> &onMember);

} // namespace posthog
