#include "agent/permissions/command.h"

#include <algorithm>
#include <array>
#include <utility>

namespace permissions {

namespace {

constexpr std::size_t longestLine = 128 * 1024; // what Linux passes as one argument

constexpr std::array<std::string_view, 20> reservedWords{"if",   "then",  "else", "elif", "fi",       "case",   "esac", "for", "select", "while",
                                                         "until", "do",   "done", "in",   "function", "time", "coproc", "!",   "[[",     "]]"};

bool isPrintable(char c) { return c >= 0x20 && c < 0x7f; }

/// In quotes everything is itself, but control characters could hide what is shown.
bool mayBeQuoted(char c) { return c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= 0x80 || isPrintable(c); }

class SimpleReader
{
public:
    explicit SimpleReader(std::string_view line)
        : m_line(line)
    {
    }

    std::optional<std::vector<Word>> read()
    {
        while (m_at < m_line.size()) {
            const char c = m_line[m_at++];
            if (c == ' ' || c == '\t')
                endWord();
            else if (!take(c))
                return {};
        }
        endWord();
        if (m_words.empty() || !namesProgram(m_words.front()))
            return {};
        return std::move(m_words);
    }

private:
    static bool namesProgram(const Word &word)
    {
        // With "=" it could be an assignment; a dash could be read as an option of the shell, a percent sign as a job of it.
        return !word.text.empty() && !word.isPattern && word.text.front() != '-' && word.text.front() != '%' && word.text.find('=') == std::string::npos
            && std::find(reservedWords.begin(), reservedWords.end(), word.text) == reservedWords.end();
    }

    void endWord()
    {
        if (m_inWord)
            m_words.push_back(std::exchange(m_word, {}));
        m_inWord = false;
    }

    bool take(char c)
    {
        const bool first = !std::exchange(m_inWord, true);
        switch (c) {
        case '\'': return takeSingleQuoted();
        case '"': return takeDoubleQuoted();
        case '\\':
            if (m_at == m_line.size() || !isPrintable(m_line[m_at]))
                return false;
            m_word.text += m_line[m_at++];
            return true;
        case '$': case '`': case '|': case '&': case ';': case '(': case ')': case '<': case '>': case '{': case '}': return false;
        case '#':
            if (first)
                return false;
            break;
        case '~': // A home folder, at the head of a word and of what follows these.
            if (first || m_word.text.ends_with('=') || m_word.text.ends_with(':'))
                return false;
            break;
        case '*': case '?': case '[': m_word.isPattern = true; break;
        default: break;
        }
        m_word.text += c;
        return isPrintable(c);
    }

    bool takeSingleQuoted()
    {
        for (; m_at < m_line.size(); ++m_at) {
            if (m_line[m_at] == '\'') {
                ++m_at;
                return true;
            }
            if (!mayBeQuoted(m_line[m_at]))
                return false;
            m_word.text += m_line[m_at];
        }
        return false;
    }

    bool takeDoubleQuoted()
    {
        while (m_at < m_line.size()) {
            char c = m_line[m_at++];
            if (c == '"')
                return true;
            if (c == '$' || c == '`' || !mayBeQuoted(c))
                return false;
            if (c == '\\' && m_at < m_line.size()) {
                if (m_line[m_at] == '\n')
                    return false;
                if (std::string_view("$`\"\\").find(m_line[m_at]) != std::string_view::npos)
                    c = m_line[m_at++];
            }
            m_word.text += c;
        }
        return false;
    }

    const std::string_view m_line;
    std::size_t m_at = 0;
    std::vector<Word> m_words;
    Word m_word;
    bool m_inWord = false;
};

} // namespace

std::optional<std::vector<Word>> simpleCommand(std::string_view line)
{
    if (line.size() > longestLine)
        return {};
    return SimpleReader(line).read();
}

std::string_view programName(std::string_view word) { return word.substr(word.rfind('/') + 1); }

} // namespace permissions
