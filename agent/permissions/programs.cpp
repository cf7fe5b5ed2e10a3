#include "agent/permissions/programs.h"

#include <algorithm>
#include <string>
#include <utility>

namespace permissions {

namespace {

/// Whether `name` is one of the blank-separated `names`.
bool isIn(std::string_view names, std::string_view name)
{
    if (name.empty() || name.find(' ') != std::string_view::npos)
        return false;
    for (std::size_t at = names.find(name); at != std::string_view::npos; at = names.find(name, at + 1)) {
        const std::size_t end = at + name.size();
        if ((at == 0 || names[at - 1] == ' ') && (end == names.size() || names[end] == ' '))
            return true;
    }
    return false;
}

constexpr std::string_view shells = "sh bash dash zsh ksh mksh ash fish rbash";

constexpr std::string_view runners =
    "timeout nice nohup stdbuf env sudo doas su runuser pkexec xargs parallel command builtin exec time coproc function eval trap alias setsid "
    "ionice chrt taskset numactl prlimit chroot unshare nsenter bwrap firejail strace ltrace gdb valgrind perf watch entr flock script busybox "
    "toybox find fd fdfind systemd-run dbus-run-session xvfb-run unbuffer expect torsocks proxychains proxychains4 fakeroot rlwrap direnv "
    "hyperfine ssh npx bunx pnpx uvx pipx";

/// Whatever follows their names may run, write anywhere or change what later words mean: no prefix is narrow enough.
constexpr std::string_view neverByPrefix =
    "timeout nice nohup stdbuf env sudo doas su runuser pkexec xargs parallel command builtin exec time coproc function eval trap alias setsid "
    "ionice chrt taskset numactl prlimit chroot unshare nsenter bwrap firejail strace ltrace gdb valgrind perf watch entr flock script busybox "
    "toybox systemd-run dbus-run-session xvfb-run unbuffer expect torsocks proxychains proxychains4 fakeroot rlwrap direnv hyperfine ssh scp "
    "sftp source . read mapfile readarray unset export declare typeset local readonly let set shopt enable hash bind complete compgen wait "
    "getopts fc history nc ncat netcat socat telnet ftp wget aria2c tee dd ln vi vim view nvim ex ed emacs nano pico joe crontab at batch gpg "
    "openssl sqlite3 psql mysql duckdb";

/// Their first operand is what they do; a rule has to name it.
constexpr std::string_view namedByOperand =
    "sh bash dash zsh ksh mksh ash fish rbash python python2 python3 pypy pypy3 perl ruby node nodejs deno bun php lua luajit R Rscript julia "
    "tclsh wish osascript java awk gawk mawk nawk npx bunx pnpx uvx pipx uv poetry docker podman kubectl helm gh glab aws gcloud az terraform "
    "ansible systemctl service";

constexpr std::string_view networkPrograms =
    "curl wget aria2c nc ncat netcat socat ssh scp sftp rsync ftp tftp telnet http https xh lynx w3m links elinks mail sendmail mutt gh glab hub "
    "npm npx pnpm pnpx yarn bun bunx deno node nodejs pip pip3 pipx uv uvx poetry python python2 python3 pypy pypy3 perl ruby gem bundle php "
    "composer lua luajit R Rscript julia tclsh osascript java cargo go docker podman kubectl helm aws gcloud az gsutil terraform ansible dig "
    "nslookup host ping ping6 drill whois traceroute openssl psql mysql redis-cli mongosh make gmake awk gawk vim nvim emacs gpg apt apt-get";

/// Options and words that turn a program that looks into one that runs or writes.
struct Trap {
    std::string_view programs;
    std::string_view letters;      // of short options, alone or in a cluster
    std::string_view longOptions;  // without their dashes; abbreviations count
    std::string_view words;        // anywhere, whole or before a "="
};

constexpr Trap traps[]{
    {"find", "", "", "-exec -execdir -ok -okdir -delete -fprint -fprint0 -fprintf -fls -files0-from"},
    {"fd fdfind", "xX", "exec exec-batch", ""},
    {"rg", "z", "pre hostname-bin search-zip", ""},
    {"ag ack", "", "pager output", ""},
    {"sort", "oT", "output compress-program temporary-directory", ""},
    {"tar bsdtar", "AcruxCFGgIPT",
     "to-command checkpoint-action use-compress-program info-script new-volume-script rsh-command rmt-command absolute-names directory files-from create append "
     "update extract get concatenate catenate delete listed-incremental incremental index-file volno-file",
     ""},
    {"zip", "T", "unzip-command", "-TT"},
    {"rsync", "eM", "rsh rsync-path remote-option write-batch log-file", ""},
    {"man", "CHKPTXZlt", "pager html gxditview troff-device troff ditroff config-file preprocessor local-file", ""},
    {"less more most", "koO", "lesskey-file lesskey-src lesskey-content log-file LOG-FILE", ""},
    {"curl", "DEFJKOTUcdnoqux",
     "output output-dir remote-name remote-name-all remote-header-name config upload-file data data-binary data-raw data-ascii data-urlencode json form "
     "form-string dump-header cookie-jar trace trace-ascii stderr libcurl etag-save hsts alt-svc netrc netrc-file netrc-optional proxy preproxy socks5 "
     "cert key engine unix-socket abstract-unix-socket url next resolve connect-to user",
     ""},
    {"make gmake", "CEIf", "eval file makefile directory include-dir", ""},
    {"ninja", "Cft", "", ""},
    {"cmake", "EPCDB", "build install", ""},
    {"npm pnpm yarn", "", "script-shell node-options prefix call shell globalconfig userconfig", "exec x explore dlx config set edit"},
    {"go", "", "exec toolexec o vettool overlay modfile", "-exec -toolexec -o -vettool -overlay -modfile run generate tool"},
    {"cargo", "", "config target-dir", "run install"},
    {"pytest py.test", "pco", "rootdir confcutdir pastebin basetemp junit-xml junitxml override-ini debug", ""},
    {"eslint prettier", "ocf", "write fix output-file config plugin rulesdir resolve-plugins-relative-to parser format cache-file cache-location init", ""},
    {"yq", "is", "inplace in-place split-exp", ""},
    {"file", "Cm", "compile magic-file", ""},
    {"tree", "oR", "output", ""},
    {"shuf iconv", "o", "output", ""},
    {"sdiff diff3", "o", "output diff-program", ""},
    {"xxd", "r", "revert", ""},
    {"date", "s", "set", ""},
    {"printf test", "v", "", ""},
};

constexpr std::string_view looksInGit =
    "status log show diff branch add commit fetch pull push checkout switch restore merge stash tag blame annotate rev-parse ls-files describe reflog "
    "cherry-pick revert reset rm mv shortlog cat-file ls-tree rev-list merge-base clean grep name-rev show-ref for-each-ref count-objects diff-tree "
    "diff-index diff-files whatchanged range-diff cherry version";

constexpr std::string_view gitLongOptions =
    "output ext-diff textconv open-files-in-pager exec upload-pack receive-pack config config-env exec-path git-dir work-tree template output-directory "
    "extcmd tool strategy upload-archive super-prefix";

bool isOption(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

bool isLongOptionIn(std::string_view names, std::string_view word)
{
    if (!word.starts_with("--") || word.size() == 2)
        return false;
    const auto name = word.substr(2, word.find('=') - 2);
    for (std::size_t start = 0; start < names.size();) {
        const std::size_t end = std::min(names.find(' ', start), names.size());
        if (names.substr(start, end - start).starts_with(name))
            return true;
        start = end + 1;
    }
    return false;
}

bool isShortOptionIn(std::string_view letters, std::string_view word)
{
    return isOption(word) && !word.starts_with("--") && word.find_first_of(letters, 1) != std::string_view::npos;
}

using Words = std::span<const Word>;

bool hasOperand(Words words)
{
    return std::any_of(words.begin(), words.end(), [](const Word &word) { return !isOption(word.text); });
}

/// sed's own language can write (w), and GNU's can run (e): only addresses with p, d, q and plain substitutions are known to do neither.
bool isPlainSedScript(std::string_view script)
{
    if (script.find_first_not_of("0123456789$,pdq") == std::string_view::npos)
        return true;
    if (script.size() < 4 || script[0] != 's' || std::string_view("/|#,:").find(script[1]) == std::string_view::npos
        || script.find_first_of("\\\n") != std::string_view::npos || std::count(script.begin(), script.end(), script[1]) != 3)
        return false;
    return script.substr(script.rfind(script[1]) + 1).find_first_not_of("gpiI0123456789") == std::string_view::npos;
}

bool isSedTrap(Words words, std::size_t named)
{
    bool hasScript = hasOperand(words.subspan(1, named - 1));
    for (const Word &word : words.subspan(named)) {
        if (isOption(word.text)) {
            if (word.text.find_first_not_of("-nErzu") != std::string::npos && word.text != "--quiet" && word.text != "--silent" && word.text != "--regexp-extended")
                return true;
        } else if (!std::exchange(hasScript, true) && !isPlainSedScript(word.text)) {
            return true;
        }
    }
    return false;
}

bool isGitTrap(Words words, std::size_t named)
{
    const auto command = std::find_if(words.begin() + 1, words.end(), [](const Word &word) { return !isOption(word.text); });
    const std::size_t at = static_cast<std::size_t>(command - words.begin());
    const std::string_view name = command != words.end() ? std::string_view(command->text) : std::string_view();
    if (at >= named && !isIn(looksInGit, name))
        return true;
    for (std::size_t i = named; i < words.size(); ++i) {
        const std::string_view word = words[i].text;
        if (i < at && word != "--no-pager" && word != "--version" && word != "--no-optional-locks")
            return true;
        if (isLongOptionIn(gitLongOptions, word) || word.find("::") != std::string_view::npos) // "ext::command" is an address
            return true;
        if (name == "config" && word != "--get" && word != "--get-all" && word != "--list" && word != "-l")
            return true;
        const std::string_view letters = name == "grep" ? "O" : name == "clone" ? "cu" : name == "rebase" ? "xi" : isIn("archive format-patch", name) ? "o" : name == "difftool" ? "xt" : "";
        if (isShortOptionIn(letters, word))
            return true;
        if (isIn("bisect submodule remote worktree stash notes", name) && isIn("run foreach add set-url update", word))
            return true;
    }
    return false;
}

bool isTrap(Words words, std::size_t named)
{
    const auto program = programName(words.front().text);
    if (isIn(neverByPrefix, program))
        return true;
    if (isIn(namedByOperand, program))
        return !hasOperand(words.subspan(1, named - 1));
    if (program == "git")
        return isGitTrap(words, named);
    if (program == "sed")
        return isSedTrap(words, named);
    const auto rest = words.subspan(named);
    if (program == "uniq") // the second operand is written to
        return std::count_if(words.begin() + 1, words.end(), [](const Word &word) { return !isOption(word.text); }) > 1;
    const auto trap = std::find_if(std::begin(traps), std::end(traps), [program](const Trap &one) { return isIn(one.programs, program); });
    if (trap == std::end(traps))
        return false;
    if (isIn("tar bsdtar", program) && named == 1 && !rest.empty() && !isOption(rest.front().text)
        && rest.front().text.find_first_of(trap->letters) != std::string::npos) // its oldest form has no dash
        return true;
    if (program == "curl" && hasOperand(words.subspan(1, named - 1)) && hasOperand(rest)) // one more address
        return true;
    return std::any_of(rest.begin(), rest.end(), [&](const Word &word) {
        const std::string_view text = word.text;
        return isLongOptionIn(trap->longOptions, text) || isShortOptionIn(trap->letters, text) || isIn(trap->words, text.substr(0, text.find('=')))
            || text.starts_with('+') || text.starts_with('@') || (isIn("make gmake", program) && text.find('=') != std::string_view::npos)
            || (isIn("tar bsdtar", program) && text.find(':') != std::string_view::npos); // a file on another machine
    });
}

} // namespace

bool runsArguments(std::span<const Word> words)
{
    const auto program = programName(words.front().text);
    if (isIn(runners, program) || isShell(program))
        return true;
    const bool isListed = program == "git" || std::any_of(std::begin(traps), std::end(traps), [program](const Trap &one) { return isIn(one.programs, program); });
    return isListed && isTrap(words, 1);
}

bool isShell(std::string_view program) { return isIn(shells, program); }

bool mayWiden(std::span<const Word> words, std::size_t named)
{
    if (isTrap(words, named))
        return true;
    // The name of a file that a pattern finds could be an option, or a script where the program looks for one.
    return std::any_of(words.begin() + named, words.end(), [](const Word &word) {
        return !word.isKnown || (word.isPattern && (word.text.find_first_of("*?[") == 0 || word.text.front() == '-'));
    });
}

bool mayReachNetwork(const CommandSurvey &survey)
{
    if (!survey.isComplete)
        return true;
    const auto isSocket = [](const Word &file) { return !file.isKnown || file.text.starts_with("/dev/tcp") || file.text.starts_with("/dev/udp"); };
    if (std::any_of(survey.files.begin(), survey.files.end(), isSocket))
        return true;
    return std::any_of(survey.invocations.begin(), survey.invocations.end(), [](const Invocation &invocation) {
        const Word &program = invocation.words.front();
        if (!program.isKnown || program.isPattern || program.text.find('/') != std::string::npos)
            return true;
        if (program.text == "git")
            return std::any_of(invocation.words.begin(), invocation.words.end(),
                               [](const Word &word) { return !word.isKnown || isIn("push fetch pull clone remote ls-remote submodule archive send-email svn lfs", word.text); });
        const auto names = invocation.runsOthers ? invocation.words.size() : 1;
        return std::any_of(invocation.words.begin(), invocation.words.begin() + static_cast<std::ptrdiff_t>(names), [](const Word &word) {
            const auto name = programName(word.text);
            return !word.isKnown || isIn(networkPrograms, name) || isShell(name) || isIn("git source .", name);
        });
    });
}

} // namespace permissions
