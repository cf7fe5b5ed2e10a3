#include "ui/inspector/message_text.h"

#include "driver/base/json_depth.h"
#include "driver/base/redact.h"
#include "ui/conversation/visible_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace ui {
namespace {

using OrderedJson = nlohmann::ordered_json; // What is written again keeps the order of its members.

constexpr int deepest = 128;
constexpr qsizetype longestText = 2'000;    // of a text that is shown
constexpr qsizetype longestShown = 400'000; // of a message that is shown
constexpr std::string_view redacted = "«redacted»";

bool soundsSecret(std::string_view name)
{
    std::string plain; // "API_KEY", "api-key" and "apiKey" are one
    for (const char c : name) {
        if (c != '_' && c != '-')
            plain += char(std::tolower(static_cast<unsigned char>(c)));
    }
    constexpr std::array words = std::to_array<std::string_view>(
        {"token", "secret", "password", "passwd", "authorization", "apikey", "accesskey", "privatekey", "cookie", "credential"});
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return plain.find(word) != std::string::npos; });
}

bool replaceSecrets(OrderedJson &json);

bool hide(OrderedJson &value)
{
    if (!value.is_string())
        return replaceSecrets(value); // A count of tokens is no secret.
    value = redacted;
    return true;
}

/// Whether there were any.
bool replaceSecrets(OrderedJson &json)
{
    if (json.is_string()) {
        // Decoded, text by text: in the line itself an escape hides where a word begins.
        auto &text = json.get_ref<std::string &>();
        auto plain = ph::redact(text);
        const bool had = plain != text;
        text = std::move(plain);
        return had;
    }
    bool had = false;
    if (json.is_object()) {
        const auto name = json.find("name");
        const bool isNamedSecret = name != json.end() && name->is_string() && soundsSecret(name->get_ref<const std::string &>());
        for (auto &[key, value] : json.items())
            had = (soundsSecret(key) || (isNamedSecret && key == "value") ? hide(value) : replaceSecrets(value)) || had;
    } else if (json.is_array()) {
        for (auto &item : json)
            had = replaceSecrets(item) || had;
    }
    return had;
}

QString unescaped(QStringView token)
{
    if (!token.contains('\\'))
        return token.mid(1, token.size() - 2).toString();
    const auto text = OrderedJson::parse(token.toUtf8().toStdString(), nullptr, false);
    return text.is_string() ? QString::fromStdString(text.get<std::string>()) : QString();
}

/// Lays JSON text out without reading its values: numbers, escapes and the order of members stay as they came.
class Layout
{
public:
    Layout(const QString &json, qsizetype longest)
        : m_json(json)
        , m_longest(longest)
    {
        m_out.reserve(json.size() * 5 / 4);
    }

    /// `lines` gets the line of each of its keys (JSON pointers) that is there.
    QString run(std::map<QString, int> *lines)
    {
        m_lines = lines;
        while (m_at < m_json.size())
            step();
        return std::move(m_out);
    }

    bool isCut() const { return m_isCut; }

private:
    struct Level {
        bool isList;
        int index = 0;
        QString key = {};
    };

    void step()
    {
        const QChar c = m_json[m_at];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            ++m_at;
        } else if (c == '{' || c == '[') {
            open(c);
        } else if (c == '}' || c == ']') {
            ++m_at;
            if (!m_levels.empty())
                m_levels.pop_back();
            newLine();
            m_out += c;
        } else if (c == ',') {
            ++m_at;
            m_out += c;
            if (!m_levels.empty())
                ++m_levels.back().index;
            m_expectsKey = !m_levels.empty() && !m_levels.back().isList;
            newLine();
        } else if (c == ':') {
            ++m_at;
            m_out += QStringLiteral(": ");
            m_expectsKey = false;
        } else {
            token(c == '"' ? endOfText() : endOfScalar());
        }
    }

    void open(QChar bracket)
    {
        note();
        ++m_at;
        m_out += bracket;
        auto next = m_at;
        while (next < m_json.size() && m_json[next].isSpace())
            ++next;
        if (next < m_json.size() && (m_json[next] == '}' || m_json[next] == ']')) { // Empty: on one line.
            m_out += m_json[next];
            m_at = next + 1;
            return;
        }
        m_levels.push_back({bracket == '['});
        m_expectsKey = bracket == '{';
        newLine();
    }

    void token(qsizetype end)
    {
        const auto text = QStringView(m_json).mid(m_at, end - m_at);
        m_at = end;
        if (m_expectsKey) {
            m_levels.back().key = unescaped(text);
            m_out += text;
            return;
        }
        note();
        if (text.size() <= m_longest) {
            m_out += text;
            return;
        }
        auto kept = m_longest;
        while (kept > 0 && (text[kept - 1] == '\\' || text[kept].isLowSurrogate())) // Not within an escape or a character.
            --kept;
        m_out += text.left(kept);
        m_out += QStringLiteral("…\" (%1 more characters)").arg(text.size() - kept - 1);
        m_isCut = true;
    }

    qsizetype endOfText() const
    {
        auto end = m_at + 1;
        while (end < m_json.size() && m_json[end] != '"')
            end += m_json[end] == '\\' ? 2 : 1;
        return std::min(end + 1, m_json.size());
    }

    qsizetype endOfScalar() const
    {
        auto end = m_at + 1;
        while (end < m_json.size() && !QStringView(u",:{}[]\" \t\r\n").contains(m_json[end]))
            ++end;
        return end;
    }

    /// A value starts: is it one of the places that are looked for?
    void note()
    {
        if (!m_lines || m_lines->empty())
            return;
        QString pointer;
        for (const auto &level : m_levels) {
            auto key = level.key;
            pointer += '/' + (level.isList ? QString::number(level.index) : key.replace('~', QStringLiteral("~0")).replace('/', QStringLiteral("~1")));
        }
        if (const auto found = m_lines->find(pointer); found != m_lines->end())
            found->second = m_line;
    }

    void newLine()
    {
        m_out += '\n';
        ++m_line;
        m_out += QString(qsizetype(m_levels.size()) * 2, ' ');
    }

    const QString &m_json;
    const qsizetype m_longest;
    QString m_out;
    std::vector<Level> m_levels;
    std::map<QString, int> *m_lines = nullptr;
    qsizetype m_at = 0;
    int m_line = 0;
    bool m_expectsKey = false;
    bool m_isCut = false;
};

/// The pointer and those of all that it is in: "/a/b", "/a", "".
std::vector<QString> withOuter(const std::string &pointer)
{
    std::vector<QString> all{QString::fromStdString(pointer)};
    while (!all.back().isEmpty())
        all.push_back(all.back().left(all.back().lastIndexOf('/')));
    return all;
}

} // namespace

std::string redactedMessage(const std::string &line)
{
    if (ph::isNestedDeeper(line, deepest))
        return ph::redact(line);
    auto json = OrderedJson::parse(line, nullptr, false);
    if (json.is_discarded())
        return ph::redact(line);
    return replaceSecrets(json) ? json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) : line;
}

ReadableMessage readableMessage(const std::string &line, const std::vector<std::string> &pointers)
{
    ReadableMessage readable;
    readable.lines.assign(pointers.size(), 0);
    const auto plain = redactedMessage(line);
    const auto text = visibleText(plain);
    if (ph::isNestedDeeper(plain, deepest) || !OrderedJson::accept(plain)) {
        readable.whole = text;
        readable.shown = text.left(longestShown);
        readable.isCut = text.size() > longestShown;
        return readable;
    }
    std::map<QString, int> places;
    for (const auto &pointer : pointers) {
        for (const auto &place : withOuter(pointer))
            places.emplace(place, -1);
    }
    readable.whole = Layout(text, text.size()).run(nullptr);
    Layout layout(text, longestText);
    readable.shown = layout.run(&places);
    readable.isCut = layout.isCut() || readable.shown.size() > longestShown;
    if (readable.shown.size() > longestShown)
        readable.shown = readable.shown.left(readable.shown.lastIndexOf('\n', longestShown)) + QStringLiteral("\n…");
    for (std::size_t i = 0; i < pointers.size(); ++i) {
        for (const auto &place : withOuter(pointers[i])) {
            if (places[place] < 0)
                continue;
            readable.lines[i] = places[place];
            break;
        }
    }
    return readable;
}

} // namespace ui
