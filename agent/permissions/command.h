#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reading command lines of bash and POSIX shells without running them. There are two readers, which err to opposite sides:
/// simpleCommand() knows only what is certainly one harmless form, for rules that allow; surveyCommands() finds everything that may
/// run, for rules that forbid. Pure; any thread.
namespace permissions {

/// A word of a command line, its quotes removed.
struct Word {
    std::string text;
    bool isPattern = false; // holds an unquoted * ? or [, which a shell replaces by names of files
    bool isKnown = true;    // false: an expansion adds to it, or is all of it; `text` is what stands around

    friend bool operator==(const Word &, const Word &) = default;
};

/// The words of `line`, when `bash -c line` and `sh -c line` do exactly one thing with it: run the program that the first word names,
/// with the others as its arguments. Nothing otherwise: whatever has an expansion, a substitution, a redirection, an operator, an
/// assignment, a comment, a reserved word, a brace, a line break outside quotes, a control character or a byte outside ASCII outside
/// quotes, or is longer than 128 KiB. Every word is known; words after the first may be patterns.
std::optional<std::vector<Word>> simpleCommand(std::string_view line);

/// One program that a line may run, with its arguments; what stands before it (assignments, reserved words, redirections) is gone.
struct Invocation {
    std::vector<Word> words;  // never empty
    bool runsOthers = false;  // timeout, sudo, xargs, find…: each later word may be the name of a program that runs, too
};

struct CommandSurvey {
    std::vector<Invocation> invocations; // through lists, pipes, subshells, substitutions, here-documents, wrappers, `sh -c` and eval
    std::vector<Word> files;             // targets of redirections
    bool isComplete = true;              // false: quotes or brackets that do not match, or nested beyond what is followed
};

/// What `line` may run. Where shells differ, what any of them would run. A program whose name an expansion makes is an invocation with an
/// unknown first word; so is one whose name holds what only other shells have as a blank, and a shell that reads its commands from its
/// standard input.
CommandSurvey surveyCommands(std::string_view line);

/// "rm" of "/usr/bin/rm".
std::string_view programName(std::string_view word);

} // namespace permissions
