#pragma once

#include "driver/base/result.h"
#include "driver/posthog/table.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace posthog {

/// Turns rows into the bytes of a file format. Holds nothing between rows but the columns, so that a file can be gone on with.
class TableWriter
{
public:
    virtual ~TableWriter() = default;

    /// Appends what stands before the first row.
    virtual void begin(std::span<const Column> columns, std::string &out) = 0;

    /// Appends one row; `cells` are JSON texts as in QueryPage. Error: Internal, when one is none.
    virtual ph::Result<> row(std::span<const std::string_view> cells, std::string &out) = 0;
};

/// One JSON object a line. `properties`, which PostHog sends as text, become the object that they are. Numbers keep their digits.
std::unique_ptr<TableWriter> makeJsonlWriter();

/// RFC 4180: a header line, CRLF; cells with a comma, a quote or a line break are quoted. Null is nothing, empty text is "".
/// With `formulaSafe`, text that a spreadsheet would compute (it begins with = + - @ | tab or return, or with ' before one of
/// these) gets a ' in front: taking one ' away from before such a text gives back what it was.
std::unique_ptr<TableWriter> makeCsvWriter(bool formulaSafe);

} // namespace posthog
