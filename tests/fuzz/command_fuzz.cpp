#include "tests/fuzz/fuzz_driver.h"

#include "agent/permissions/command.h"
#include "agent/permissions/command_sandbox.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

// Both readers of command lines against bash itself. Bash runs each text in the sandbox with every builtin off and no programs, and tells
// what it would have run:
// - a text that simpleCommand() knows makes bash run that one command with those very words, and nothing else;
// - every command that bash runs is one that surveyCommands() has found, or said that it cannot know.

namespace {

using Call = std::vector<std::string>; // the words of one command that bash ran

/// Records end with \x1e, their parts with \x1f; a line's end in them is \x1d, since bash writes line by line and the programs of a pipe at
/// once, so that one record could stand within another. `printf` and `eval` stay on; their calls are not seen.
constexpr const char *harness = R"(
command_not_found_handle() { IFS=$'\x1f'; words="$number$IFS$*"; printf '%s\x1e' "${words//$'\n'/$'\x1d'}" >&9; ((RANDOM & 1)); }
exec 9>&1
builtins=()
for name in $(compgen -b); do [ "$name" = eval ] || [ "$name" = printf ] || builtins+=("$name"); done
number=0
while IFS= read -r -d '' text; do
    number=$((number + 1))
    ( ulimit -t 2; set -f; enable -n "${builtins[@]}"; eval "$text" ) > /dev/null 2>&1 < /dev/null
    printf '%s\x1e' end >&9
done
)";

class Bash
{
public:
    Bash()
    {
        int input[2];
        int output[2];
        if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0)
            std::abort();
        const auto command = permissions::sandboxedCommand(harness, {"/", {}, {{"PATH", "/nonexistent"}}});
        std::vector<char *> arguments;
        for (const auto &word : command)
            arguments.push_back(const_cast<char *>(word.c_str()));
        arguments.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, input[0], 0);
        ::posix_spawn_file_actions_adddup2(&actions, output[1], 1);
        if (::posix_spawn(&m_child, arguments[0], &actions, nullptr, arguments.data(), environ) != 0)
            std::abort();
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(input[0]);
        ::close(output[1]);
        m_input = input[1];
        m_output = output[0];
    }
    ~Bash()
    {
        ::close(m_input);
        ::close(m_output);
        ::kill(m_child, SIGKILL);
        ::waitpid(m_child, nullptr, 0);
    }
    Bash(const Bash &) = delete;
    Bash &operator=(const Bash &) = delete;

    /// What bash ran for the text; nothing when it did not end in time. This one is of no more use then.
    std::optional<std::vector<Call>> callsOf(std::string_view text)
    {
        const std::string number = std::to_string(++m_number);
        const std::string sent = std::string(text) + '\0';
        if (::write(m_input, sent.data(), sent.size()) != static_cast<ssize_t>(sent.size()))
            return {};
        std::vector<Call> calls;
        for (;;) {
            for (std::size_t end = m_received.find('\x1e'); end != std::string::npos; end = m_received.find('\x1e')) {
                const Call record = partsOf(m_received.substr(0, end));
                m_received.erase(0, end + 1);
                if (record.front() == "end")
                    return calls;
                if (record.front() == number) // a command in the background may tell late
                    calls.emplace_back(record.begin() + 1, record.end());
            }
            pollfd waited{m_output, POLLIN, 0};
            char buffer[16 * 1024];
            if (::poll(&waited, 1, 4000) <= 0)
                return {};
            const auto count = ::read(m_output, buffer, sizeof buffer);
            if (count <= 0)
                return {};
            m_received.append(buffer, static_cast<std::size_t>(count));
        }
    }

private:
    static Call partsOf(std::string record)
    {
        std::replace(record.begin(), record.end(), '\x1d', '\n');
        Call parts;
        std::size_t start = 0;
        for (std::size_t end = record.find('\x1f'); end != std::string::npos; end = record.find('\x1f', start)) {
            parts.push_back(record.substr(start, end - start));
            start = end + 1;
        }
        parts.push_back(record.substr(start));
        return parts;
    }

    pid_t m_child = 0;
    int m_input = -1;
    int m_output = -1;
    int m_number = 0;
    std::string m_received;
};

std::string shown(const Call &call)
{
    std::string text;
    for (const auto &word : call)
        text += "[" + word + "]";
    return text;
}

bool isFound(const permissions::CommandSurvey &survey, const Call &call)
{
    return !survey.isComplete || std::any_of(survey.invocations.begin(), survey.invocations.end(), [&](const permissions::Invocation &invocation) {
        const auto names = invocation.runsOthers ? invocation.words.size() : 1;
        return std::any_of(invocation.words.begin(), invocation.words.begin() + static_cast<std::ptrdiff_t>(names), [&](const permissions::Word &word) {
            return !word.isKnown || word.isPattern || permissions::programName(word.text) == permissions::programName(call.front());
        });
    });
}

/// Texts that bash does not have to see: functions could call themselves for ever, and what separates records must not be in one.
bool isForBash(std::string_view text)
{
    return text.find_first_of(std::string_view("\0\x1d\x1e\x1f", 4)) == std::string_view::npos && text.find("()") == std::string_view::npos && text.find("function") == std::string_view::npos;
}

std::string compareWithBash(std::string_view text, const std::optional<std::vector<permissions::Word>> &simple, const permissions::CommandSurvey &survey)
{
    static std::unique_ptr<Bash> bash;
    if (!bash)
        bash = std::make_unique<Bash>();
    const auto calls = bash->callsOf(text);
    if (!calls) {
        bash.reset();
        return simple ? "bash does not end with this simple command" : "";
    }
    for (const Call &call : *calls)
        if (!isFound(survey, call))
            return "bash runs what the survey does not have: " + shown(call);
    if (!simple || simple->front().text.find('/') != std::string::npos || simple->front().text == "eval" || simple->front().text == "printf")
        return {};
    Call words;
    for (const auto &word : *simple)
        words.push_back(word.text);
    if (calls->size() != 1 || calls->front() != words)
        return "bash does not run " + shown(words) + " alone, but " + std::to_string(calls->size()) + " commands" + (calls->empty() ? "" : ", first " + shown(calls->front()));
    return {};
}

} // namespace

std::vector<std::string> fuzzSeeds()
{
    return {
        "npm test --watch",
        "git commit -m 'a b' \"c d\" e\\ f",
        "ls *.c a[0-9] b?",
        "a; b && c || d | e & f",
        "a $(b \"$(c)\" `d`) > e 2>&1 <<< f",
        "if a; then b; elif c; then d; else e; fi",
        "for x in a b; do c; done; while a; do b; done; until a; do b; done",
        "case $x in a) b;; (c|d) e;; *) f;; esac",
        "cat <<E\na $(b)\nE\nc",
        "cat <<'E' <<-F\na\nE\n\tb\n\tF\nc",
        "(a; b) | { c; d; }",
        "X=1 Y=$(a) b c=d",
        "a <(b) >(c)",
        "a ${x:-$(b)} \"${y:-`c`}\" $((1 + 2)) $((1<<2))\nd",
        "eval \"a; b\" c",
        "eval 'eval \"a b\"'",
        "! a; time b; coproc c",
        "[[ a < b && c =~ (d|e) ]] && f",
        "((x = 1 << 2)); a",
        "$'a\\x62' $\"c\" d$IFS''e f${IFS}g",
        "a {b,c} {1..3} ~ ~x y=~/z #comment",
        "a \\\nb '\n' \"\n\"",
        "{fd}>a b 3>&1 >&- <&0 &>c",
        "select x in a; do b; done",
    };
}

std::vector<std::string> fuzzPieces()
{
    return {" ",   "\t",  "\n",  "\r",   ";",   ";;", "&",  "&&",  "|",   "||",  "|&",   "(",    ")",    "{",  "}",  "{ ", "; }",  "$(",  "`",     "\"",  "'",    "\\",     "\\\n", "$",    "${",      "$'",  "$\"",
            "$((", "))",  "<<E", "\nE\n", "<<", "<<<", "<", ">",   ">>",  ">&",  "&>",   "<(",   ">(",   "2>", "#",  " #", "!",    "! ",  "=",     "x=",  "x+=",  "a",      "b c",  "eval ", "if ",     "then ", "fi",
            "do ", "done", "case x in ", "esac", "in", "while ", "for x in ", "time ", "coproc ", "[[ ", " ]]", "*",  "?",  "[",  "]",    "~",   "$IFS",  "${IFS}", "$x", "\"$x\"", "$@",   "\\'",  "\\\"",    "\\$", "\x01",
            "\xc2\xa0", "\xff", "-", "--", "%1", "^", ",", "..", ":", "else ", "elif ", "until ", "select ", "'\\''", "$'\\''", "\\x41"};
}

std::string fuzzOne(std::string_view text)
{
    const auto simple = permissions::simpleCommand(text);
    const auto survey = permissions::surveyCommands(text);
    const auto isSurveyed = [&survey](const std::vector<permissions::Word> &words) {
        if (survey.invocations.empty())
            return false;
        // The arguments of a program that runs others are read as commands, which may have redirections or be nested too deeply.
        const auto &last = survey.invocations.back();
        return last.words == words && ((survey.isComplete && survey.files.empty()) || last.runsOthers);
    };
    if (simple && !isSurveyed(*simple))
        return "the two readers do not agree on a simple command";
    static const bool canRun = [] {
        const auto &support = permissions::sandboxSupport();
        if (!support.works)
            std::printf("Not compared with bash: %s\n", support.reason.c_str());
        return support.works;
    }();
    return canRun && isForBash(text) ? compareWithBash(text, simple, survey) : std::string();
}
