#pragma once

#include "driver/base/json_fields.h"

#include <random>
#include <string>
#include <vector>

namespace support {

/// JSON values, texts and damages by chance; the same ones for the same seed.
class RandomJson
{
public:
    explicit RandomJson(unsigned seed)
        : m_random(seed)
    {
    }

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(m_random); }

    template <typename T>
    const T &oneOf(const std::vector<T> &choices)
    {
        return choices[below(choices.size())];
    }

    /// UTF-8, with characters that JSON escapes.
    std::string text()
    {
        static const std::vector<std::string> parts{"a", "word", " ", "\n", "\t", "\"", "\\", "/", "{", "]", ":", "é", "世界", "🎉", "\x01", "\x1f", "\x7f", std::string(1, '\0'), "0", "sessionUpdate"};
        std::string text;
        for (auto count = below(12); count > 0; --count)
            text += oneOf(parts);
        return text;
    }
    ph::Json number()
    {
        static const std::vector<ph::Json> edges{0, -1, 1, 127, INT64_MIN, INT64_MAX, UINT64_MAX, 0.5, -0.0, 1e300, 5e-324, 1.0, 1e15, 123456.789};
        return below(2) ? oneOf(edges) : ph::Json(std::int64_t(m_random()) * (below(2) ? 1 : -1));
    }
    /// Nested up to `depth` levels.
    ph::Json value(int depth)
    {
        switch (below(depth > 0 ? 7 : 4)) {
        case 0: return number();
        case 1: return text();
        case 2: return bool(below(2));
        case 3: return nullptr;
        case 4: {
            auto list = ph::Json::array();
            for (auto count = below(4); count > 0; --count)
                list.push_back(value(depth - 1));
            return list;
        }
        default: {
            auto object = ph::Json::object();
            for (auto count = below(5); count > 0; --count)
                object[text()] = value(depth - 1);
            return object;
        }
        }
    }
    /// Changes, takes away or adds a byte or a few, somewhere.
    void damage(std::string &line)
    {
        static const std::vector<std::string> pieces{"\"", "\\", "{", "}", "[", "]", ",", ":", " ", "\n", "e", "-", ".", "0", "1", "\xff", "\xc3", "\xa9", "\\u", "\\ud800", "null", std::string(1, '\0')};
        for (auto count = 1 + below(3); count > 0; --count) {
            const auto at = below(line.size() + 1);
            switch (below(3)) {
            case 0: line.insert(at, oneOf(pieces)); break;
            case 1: line.erase(at, 1 + below(4)); break;
            default: line.replace(at, 1, oneOf(pieces)); break;
            }
        }
    }

private:
    std::mt19937 m_random;
};

} // namespace support
