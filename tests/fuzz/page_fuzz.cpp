#include "tests/fuzz/fuzz_driver.h"

#include "driver/base/utf8.h"
#include "driver/posthog/json_text.h"
#include "driver/posthog/query_answer.h"
#include "driver/posthog/query_page.h"
#include "driver/posthog/table_writer.h"

#include <algorithm>
#include <span>

// Answers of query/ with any bytes in them: nothing crashes or hangs; what is taken is a table whose scalar cells are JSON, every
// row of it can be written as CSV and JSONL or is refused, and a line of JSONL is one line of JSON. What JSON's own parser takes as
// a table with columns is taken, with as many rows.

using namespace posthog;

namespace {

std::string written(TableWriter &writer, const QueryPage &page, bool &isWhole)
{
    std::string out;
    writer.begin(page.columns, out);
    const std::size_t width = page.columns.size();
    for (std::size_t i = 0; i < page.rows(); ++i)
        isWhole = writer.row(std::span(page.cells).subspan(i * width, width), out).has_value() && isWhole;
    return out;
}

} // namespace

std::string fuzzOne(std::string_view bytes)
{
    const std::string text(bytes);
    static QueryPageReader reader;
    const auto page = reader.read(text, "h");
    if (!page) {
        std::string repaired = text;
        ph::repairUtf8(repaired);
        const ph::Json json = ph::Json::parse(repaired, nullptr, false);
        const bool isPlain = json.is_object() && !json.contains("query_status") && json.contains("columns") && json["columns"].is_array()
            && !json["columns"].empty() && text.find("results") == text.rfind("results") && text.find("columns") == text.rfind("columns")
            && text.find('\\') == std::string::npos;
        const auto table = isPlain ? tableOf(json) : ph::fail(ph::ErrorCode::Internal, "");
        const bool isTable = table && table->columns.size() == json["columns"].size() && json["results"].is_array()
            && std::all_of(json["results"].begin(), json["results"].end(), [](const ph::Json &row) { return row.is_array(); });
        return isTable ? "a table is refused: " + page.error().message : "";
    }
    for (const std::string_view cell : page->cells) {
        const bool isNested = cell.starts_with('[') || cell.starts_with('{');
        const bool isText = cell.starts_with('"');
        if (!isNested && !isText && !ph::Json::accept(cell))
            return "a cell is no JSON: " + std::string(cell);
        std::string meaning;
        if (isText && appendUnescaped(cell, meaning) && ph::Json::accept(cell) && ph::Json::parse(cell).get<std::string>() != meaning)
            return "a text means something else: " + std::string(cell);
    }
    bool isWhole = true;
    written(*makeCsvWriter(true), *page, isWhole);
    written(*makeCsvWriter(false), *page, isWhole);
    const std::string lines = written(*makeJsonlWriter(), *page, isWhole);
    if (static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n')) != page->rows())
        return "JSONL has not as many lines as there are rows";
    return {};
}

std::vector<std::string> fuzzSeeds()
{
    return {
        R"({"error":null,"columns":["a","properties"],"types":[["a","String"],["b","Int64"]],"results":[["x\\\"\n",1.5e3],["é",[2,"]"]],["","{\"k\":-3,\n\"t\":\"a\\u0041\"}"]],"hasMore":false})",
        R"({"query_status":{"complete":true,"results":{"columns":["n"],"results":[[7],[null],[true]]}},"timings":[{"k":"./p","t":0.01}]})",
        R"({"results":[["018f0000-7a2c-7000-8000-000000000001","=1+1","2026-01-01T00:00:00.000001Z",18446744073709551615,"\ud83d\ude00","\ud83d"]],"columns":["uuid","event","timestamp","n","s","t"],"types":["UUID","String"]})",
        R"({"error":"Too slow","results":[]})",
    };
}

std::vector<std::string> fuzzPieces()
{
    return {"{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "-1.5e-3", "\"columns\":", "\"results\":", "\"types\":", "\"error\":", "\"query_status\":",
            "\\u0000", "\\ud83d", "\\\"", "\xff", "\xc3", "\xef\xbb\xbf", " ", "\n"};
}
