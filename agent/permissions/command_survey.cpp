#include "agent/permissions/command.h"

#include "agent/permissions/programs.h"
#include "agent/permissions/shell_text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace permissions {

namespace {

// Above these the survey says that it is not complete, and a line that may hold a forbidden command is refused.
constexpr int deepest = 64;
constexpr std::size_t mostWork = 4 * 1024 * 1024; // bytes read, texts within texts counted anew

/// Words that stand before a command and leave it where it is.
constexpr std::array<std::string_view, 12> leadingWords{"if", "then", "elif", "else", "while", "until", "do", "!", "{", "}", "fi", "done"};

/// What separates commands and words in no shell that we run, but looks like it, or does in another one.
constexpr std::array<std::string_view, 12> unicodeBlanks{"\u00a0", "\u1680", "\u2002", "\u2003", "\u2007", "\u2009",
                                                         "\u200b", "\u2028", "\u2029", "\u202f", "\u3000", "\ufeff"};

/// What one survey has cost so far.
struct Effort {
    std::size_t bytes = 0;
    bool isExceeded = false;
};

class Scanner
{
public:
    Scanner(std::string_view text, CommandSurvey &survey, int depth, Effort &effort)
        : m_text(text)
        , m_survey(survey)
        , m_depth(depth)
        , m_effort(effort)
    {
        m_effort.bytes += text.size();
    }

    void scanCommands()
    {
        if (isTooMuch())
            return;
        while (m_at < m_text.size())
            readList(false);
    }

    /// Looks only into what is substituted, as in a here-document.
    void scanExpansions()
    {
        Frame frame;
        if (!isTooMuch())
            readDoubleQuoted(frame, false);
    }

private:
    /// A command on its way.
    struct Frame {
        Invocation command;
        Word word;
        bool inWord = false;
        bool isQuoted = false; // a part of the word is: it is no reserved word, no number of a descriptor
        bool hasBrace = false;
        bool isAssigned = false; // the word's name and "=" stand there as they are
        bool isTarget = false; // the next word is a redirection's
        bool hasForeignBlank = false;
        bool hasStarted = false; // with an assignment or a redirection: bash knows no reserved word behind it
        int cases = 0;         // "case" that wait for their "esac": a ")" ends a pattern
    };
    struct HereDocument {
        std::string end;
        bool isQuoted = false;
        bool isIndented = false;
    };

    bool isTooMuch()
    {
        if (m_depth <= deepest && m_effort.bytes <= mostWork)
            return false;
        m_effort.isExceeded = true;
        m_at = m_text.size();
        return true;
    }

    bool isNext(std::string_view piece) const { return m_text.substr(m_at).starts_with(piece); }
    char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }

    /// A text that is itself read as commands.
    void scanWithin(std::string_view text) { Scanner(text, m_survey, m_depth + 1, m_effort).scanCommands(); }

    /// A text that may be commands. When it is none its quotes need not match, which says nothing then.
    void scanPerhaps(std::string_view text)
    {
        const bool wasComplete = m_survey.isComplete;
        scanWithin(text);
        m_survey.isComplete = wasComplete;
    }

    /// Reads commands to the end, or behind the ")" that closes them.
    void readList(bool isClosed)
    {
        ++m_depth;
        Frame frame;
        if (!isTooMuch())
            readCommands(frame, isClosed);
        endCommand(frame);
        --m_depth;
    }

    void readCommands(Frame &frame, bool isClosed)
    {
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            if (c == ')') {
                ++m_at;
                endCommand(frame);
                if (frame.cases > 0)
                    continue;
                if (!isClosed)
                    m_survey.isComplete = false;
                return;
            }
            if (!readOperator(frame, c))
                readPartOfWord(frame, c);
        }
        if (isClosed)
            m_survey.isComplete = false;
    }

    /// What ends words and commands. False when `c` is none of it.
    bool readOperator(Frame &frame, char c)
    {
        switch (c) {
        case ' ': case '\t':
            ++m_at;
            endWord(frame);
            return true;
        case '\r': case '\v': case '\f': case '\0':
            ++m_at;
            readForeignBlank(frame);
            endCommand(frame);
            return true;
        case '\n': case ';': case '|':
            ++m_at;
            endCommand(frame);
            if (c == '\n')
                readHereDocuments();
            return true;
        case '&':
            ++m_at;
            if (peek() == '>') { // bash redirects both outputs; sh ends the command, and what follows the file is one
                endWord(frame);
                frame.command.runsOthers = true;
            } else {
                endCommand(frame);
            }
            return true;
        case '(':
            ++m_at;
            endCommand(frame);
            readList(true);
            return true;
        case '<': case '>':
            readRedirection(frame, c);
            return true;
        case '#':
            if (frame.inWord)
                return false;
            m_at = std::min(m_text.find('\n', m_at), m_text.size());
            return true;
        default: break;
        }
        const auto blank = std::find_if(unicodeBlanks.begin(), unicodeBlanks.end(), [this](std::string_view one) { return isNext(one); });
        if (blank == unicodeBlanks.end())
            return false;
        m_at += blank->size();
        readForeignBlank(frame);
        endWord(frame);
        return true;
    }

    /// What our shells have as a part of the word, or expand: what is the name of the program, where that is being read, is not certain then.
    void readForeignBlank(Frame &frame)
    {
        frame.hasForeignBlank = true;
        if (frame.command.words.empty())
            addUnknownProgram();
    }

    void addUnknownProgram()
    {
        const Invocation unknown{{Word{{}, false, false}}, false};
        if (m_survey.invocations.empty() || m_survey.invocations.back().words != unknown.words)
            m_survey.invocations.push_back(unknown);
    }

    void readRedirection(Frame &frame, char c)
    {
        if (m_text.substr(m_at + 1).starts_with('(')) { // a process substitution is a word
            m_at += 2;
            readList(true);
            frame.inWord = true;
            frame.word.isKnown = false;
            return;
        }
        const bool isDescriptor = frame.inWord && !frame.isQuoted
            && (std::all_of(frame.word.text.begin(), frame.word.text.end(), isDigit) || isDescriptorName(frame.word.text));
        if (isDescriptor)
            dropWord(frame);
        endWord(frame);
        frame.hasStarted = true;
        if (isNext("<<") && !isNext("<<<")) {
            m_at += 2;
            readHereDocumentsEnd();
            return;
        }
        for (++m_at; peek() == c || peek() == '&' || peek() == '|' || peek() == '>';)
            ++m_at;
        if (isNext("\\\n")) // the operator may go on in the next line
            m_survey.isComplete = false;
        frame.isTarget = !readsClosing();
    }

    /// Behind an operator: past the "-" of ">& -", which closes. For bash it is a word of its own, whatever stands behind it.
    bool readsClosing()
    {
        if (m_text[m_at - 1] != '&')
            return false;
        std::size_t at = m_at;
        while (at < m_text.size() && (m_text[at] == ' ' || m_text[at] == '\t' || m_text.substr(at).starts_with("\\\n")))
            at += m_text[at] == '\\' ? 2 : 1;
        if (!m_text.substr(at).starts_with('-'))
            return false;
        m_at = at + 1;
        return true;
    }

    void readHereDocumentsEnd()
    {
        HereDocument document;
        if (peek() == '-') {
            document.isIndented = true;
            ++m_at;
        }
        while (peek() == ' ' || peek() == '\t')
            ++m_at;
        char quote = '\0';
        for (; m_at < m_text.size(); ++m_at) {
            const char c = m_text[m_at];
            if (quote == '\0' && std::string_view(" \t\n;&|()<>").find(c) != std::string_view::npos)
                break;
            if (c == quote) {
                quote = '\0';
            } else if (quote == '\0' && (c == '\'' || c == '"')) {
                quote = c;
                document.isQuoted = true;
            } else if (quote == '\0' && c == '\\') {
                document.isQuoted = true;
            } else {
                document.end += c;
            }
        }
        m_pending.push_back(std::move(document));
    }

    void readHereDocuments()
    {
        for (const HereDocument &document : std::exchange(m_pending, {})) {
            const std::size_t start = m_at;
            std::size_t end = m_text.size();
            while (m_at < m_text.size()) {
                const std::size_t lineStart = m_at;
                const std::size_t lineEnd = std::min(m_text.find('\n', m_at), m_text.size());
                m_at = std::min(lineEnd + 1, m_text.size());
                std::string_view line = m_text.substr(lineStart, lineEnd - lineStart);
                if (document.isIndented)
                    line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
                if (line == document.end) {
                    end = lineStart;
                    break;
                }
            }
            const auto body = m_text.substr(start, end - start);
            if (!document.isQuoted)
                Scanner(body, m_survey, m_depth + 1, m_effort).scanExpansions();
            // For a shell that reads them its lines are commands; and where "<<" was a shift in an arithmetic expression.
            scanPerhaps(body);
        }
    }

    void readPartOfWord(Frame &frame, char c)
    {
        switch (c) {
        case '\'': {
            ++m_at;
            const std::size_t end = m_text.find('\'', m_at);
            frame.inWord = frame.isQuoted = true;
            frame.word.text += m_text.substr(m_at, std::min(end, m_text.size()) - m_at);
            m_at = end == std::string_view::npos ? m_text.size() : end + 1;
            m_survey.isComplete = m_survey.isComplete && end != std::string_view::npos;
            return;
        }
        case '"':
            ++m_at;
            readDoubleQuoted(frame, true);
            return;
        case '\\':
            ++m_at;
            if (peek() == '\n') {
                ++m_at;
            } else {
                frame.inWord = frame.isQuoted = true;
                if (m_at < m_text.size())
                    frame.word.text += m_text[m_at++];
                else
                    frame.word.isKnown = false; // the last character: some shells keep it, some do not
            }
            return;
        case '$': readDollar(frame, false); return;
        case '`': readBackticks(frame); return;
        case '{': frame.hasBrace = true; break;
        case '*': case '?': case '[': frame.word.isPattern = true; break;
        default: break;
        }
        frame.inWord = true;
        frame.word.text += c;
        frame.isAssigned = frame.isAssigned || (c == '=' && !frame.isQuoted && frame.word.isKnown && isAssignment(frame.word.text));
        ++m_at;
    }

    /// Behind the opening quote, to behind the closing one; or, when it is not `isClosed`, to the end of the text.
    void readDoubleQuoted(Frame &frame, bool isClosed)
    {
        frame.inWord = frame.isQuoted = true;
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            if (c == '"' && isClosed) {
                ++m_at;
                return;
            }
            if (c == '$') {
                readDollar(frame, true);
            } else if (c == '`') {
                readBackticks(frame);
            } else {
                ++m_at;
                const bool isEscape = c == '\\' && std::string_view("$`\"\\\n").find(peek()) != std::string_view::npos && m_at < m_text.size();
                if (isEscape && m_text[m_at] != '\n')
                    frame.word.text += m_text[m_at];
                else if (!isEscape)
                    frame.word.text += c;
                m_at += isEscape ? 1 : 0;
            }
        }
        if (isClosed)
            m_survey.isComplete = false;
    }

    void readDollar(Frame &frame, bool isQuoted)
    {
        ++m_at;
        const char c = peek();
        if (c == '\'' && !isQuoted) {
            ++m_at;
            readEscapedQuotes(frame);
            return;
        }
        if (c == '"' && !isQuoted)
            return; // a translated text: the quotes follow
        if (c == '(') {
            ++m_at;
            readList(true);
        } else if (c == '{') {
            ++m_at;
            const std::size_t start = m_at;
            readBraced(isQuoted);
            if (!isQuoted && m_text.substr(start).starts_with("IFS")) {
                readForeignBlank(frame);
                endWord(frame);
                return;
            }
        } else if (isNameStart(c)) {
            const std::size_t start = m_at;
            while (isNamePart(peek()))
                ++m_at;
            if (!isQuoted && m_text.substr(start, m_at - start) == "IFS") { // blanks
                readForeignBlank(frame);
                endWord(frame);
                return;
            }
        } else if (c != '\0' && std::string_view("@*#?-$!0123456789").find(c) != std::string_view::npos) {
            ++m_at;
        } else {
            frame.inWord = true;
            frame.word.text += '$';
            return;
        }
        frame.inWord = true;
        frame.word.isKnown = false;
    }

    /// Behind "${", to behind its "}".
    void readBraced(bool isQuoted)
    {
        ++m_depth;
        bool isOpen = !isTooMuch();
        Frame ignored;
        if (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '|') // "${ command; }" of newer shells
            scanWithin(m_text.substr(m_at, m_text.find('}', m_at) - m_at));
        while (isOpen && m_at < m_text.size()) {
            const char c = m_text[m_at];
            isOpen = c != '}';
            if (c == '}' || (c == '\'' && isQuoted))
                ++m_at;
            else if (c == '<' || c == '>') {
                ++m_at;
                if (peek() == '(') {
                    ++m_at;
                    readList(true);
                }
            } else
                readPartOfWord(ignored, c);
        }
        if (isOpen)
            m_survey.isComplete = false;
        --m_depth;
    }

    void readBackticks(Frame &frame)
    {
        std::string inner;
        bool isOpen = true;
        for (++m_at; isOpen && m_at < m_text.size(); ++m_at) {
            if (m_text[m_at] == '\\' && m_at + 1 < m_text.size() && std::string_view("$`\\").find(m_text[m_at + 1]) != std::string_view::npos)
                inner += m_text[++m_at];
            else if (m_text[m_at] == '`')
                isOpen = false;
            else
                inner += m_text[m_at];
        }
        if (isOpen)
            m_survey.isComplete = false;
        scanWithin(inner);
        frame.inWord = true;
        frame.word.isKnown = false;
    }

    /// Behind "$'", to behind the closing quote.
    void readEscapedQuotes(Frame &frame)
    {
        const EscapedText found = readEscapedText(m_text.substr(m_at));
        frame.inWord = frame.isQuoted = true;
        frame.word.text += found.text;
        frame.word.isKnown = frame.word.isKnown && found.isKnown;
        m_survey.isComplete = m_survey.isComplete && found.isClosed;
        m_at += found.length;
    }

    static void dropWord(Frame &frame)
    {
        frame.word = {};
        frame.inWord = frame.isQuoted = frame.hasBrace = frame.isAssigned = false;
    }

    void endWord(Frame &frame)
    {
        if (!frame.inWord)
            return;
        Word word = std::move(frame.word);
        const bool isPlain = !frame.isQuoted && word.isKnown;
        const bool isAssigned = frame.isAssigned;
        if (frame.hasBrace && (word.text.find(',') != std::string::npos || word.text.find("..") != std::string::npos))
            word.isKnown = false; // several words
        dropWord(frame);
        if (std::exchange(frame.isTarget, false)) {
            m_survey.files.push_back(std::move(word));
            return;
        }
        if (frame.command.words.empty()) {
            if (isPlain && word.text == "esac" && frame.cases > 0)
                --frame.cases;
            if (isPlain && (word.text == "esac" || std::find(leadingWords.begin(), leadingWords.end(), word.text) != leadingWords.end())) {
                if (frame.hasStarted)
                    addUnknownProgram();
                return;
            }
            if (isPlain && word.text == "case")
                ++frame.cases;
            if (isAssignment(word.text)) {
                frame.hasStarted = true;
                if (!isAssigned) // quoted or expanded: bash runs a program of that name
                    addUnknownProgram();
                return;
            }
        }
        frame.command.words.push_back(std::move(word));
    }

    void endCommand(Frame &frame)
    {
        endWord(frame);
        frame.isTarget = frame.hasStarted = false;
        const bool hasForeignBlank = std::exchange(frame.hasForeignBlank, false);
        Invocation command = std::exchange(frame.command, {});
        if (command.words.empty())
            return;
        const Word &program = command.words.front();
        const auto name = programName(program.text);
        if (program.isKnown && !program.isPattern && runsArguments(command.words)) {
            command.runsOthers = true;
            scanArguments(command, name);
            if (hasForeignBlank) // what it runs may have it in its name
                addUnknownProgram();
        }
        m_survey.invocations.push_back(std::move(command));
    }

    /// The arguments of a program that runs others may be command lines: each of them, or all together.
    void scanArguments(const Invocation &command, std::string_view name)
    {
        std::string all;
        bool hasOperand = false;
        bool readsInput = false;
        bool isKnown = true;
        for (std::size_t i = 1; i < command.words.size(); ++i) {
            const Word &word = command.words[i];
            isKnown = isKnown && word.isKnown;
            hasOperand = hasOperand || !word.text.starts_with('-');
            all += (i > 1 ? " " : "") + word.text;
            scanArgument(word.text);
            readsInput = readsInput || (word.text.starts_with('-') && !word.text.starts_with("--") && word.text.find('s') != std::string::npos)
                || word.text.starts_with("/dev/") || word.text.starts_with("/proc/");
        }
        if (command.words.size() > 2)
            scanPerhaps(all);
        if (!isKnown || (isShell(name) && (readsInput || !hasOperand)))
            addUnknownProgram();
    }

    void scanArgument(std::string_view text)
    {
        if (text.find_first_of(" \t\n;&|()<>`$'\"\\") != std::string_view::npos)
            scanPerhaps(text);
        if (text.size() > 2 && text.front() == '-' && text[1] != '-') // -S"command"
            scanPerhaps(text.substr(2));
        for (std::size_t value = text.find('='); value != std::string_view::npos; value = text.find('=', value + 1))
            scanPerhaps(text.substr(value + (text.substr(value + 1).starts_with('!') ? 2 : 1))); // git's aliases run what follows "!"
    }

    const std::string_view m_text;
    std::size_t m_at = 0;
    CommandSurvey &m_survey;
    int m_depth;
    Effort &m_effort;
    std::vector<HereDocument> m_pending;
};

} // namespace

CommandSurvey surveyCommands(std::string_view line)
{
    CommandSurvey survey;
    Effort effort;
    Scanner(line, survey, 0, effort).scanCommands();
    survey.isComplete = survey.isComplete && !effort.isExceeded;
    return survey;
}

} // namespace permissions
