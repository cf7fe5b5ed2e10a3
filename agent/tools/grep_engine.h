#pragma once

#include "agent/tools/search_scope.h"

#include <stop_token>
#include <string>
#include <vector>

namespace tools {

struct GrepQuery {
    std::string pattern;
    std::string glob = {};
    std::string type = {}; // one of knownTypes(), or ""
    bool ignoresCase = false;
    bool isMultiline = false;
    int before = 0; // lines around each match
    int after = 0;
    enum class Mode { Files, Content, Count } mode = Mode::Files;
    std::size_t limit = 250; // lines of the result
};

/// A line of the result: of a file (Content), or a file with the number of lines that match (Count; 0 for Files).
struct GrepLine {
    std::string path; // relative to where the search began
    std::size_t number = 0;
    std::string text; // UTF-8, at most 500 bytes of the line
    bool isMatch = true;
};

struct GrepResult {
    std::vector<GrepLine> lines;
    bool isCut = false; // there are more than `limit`
    std::string notes;  // for the model: what was not looked at
};

/// Through ripgrep where it is installed, else by our own walk. Error: InvalidInput (the pattern, an unknown type), NotFound, Cancelled.
ph::Result<GrepResult> grep(const SearchScope &scope, const GrepQuery &query, std::stop_token stop);

/// The two ways of grep().
ph::Result<GrepResult> grepByWalk(const SearchScope &scope, const GrepQuery &query, std::stop_token stop);
ph::Result<GrepResult> grepByRipgrep(const std::filesystem::path &program, const SearchScope &scope, const GrepQuery &query, std::stop_token stop);

} // namespace tools
