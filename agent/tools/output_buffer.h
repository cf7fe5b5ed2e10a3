#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tools {

/// What is left of an output: its beginning and its end. `dropped` bytes stood between them.
struct CappedOutput {
    std::string head;
    std::string tail; // empty when nothing was dropped
    std::uint64_t dropped = 0;

    /// As a model reads it: UTF-8, without terminal codes, with a line in the middle that says what is missing.
    std::string text() const;
};

/// Takes in any amount of bytes and keeps the first and the last half of `maximumBytes`.
class OutputBuffer
{
public:
    explicit OutputBuffer(std::size_t maximumBytes);

    void append(std::string_view bytes);
    CappedOutput content() const;
    void clear();

private:
    const std::size_t m_half;
    std::string m_head;
    std::string m_tail; // up to twice m_half, so that not every byte moves it
    std::uint64_t m_total = 0;
};

/// What a command may say to the model, in bytes.
inline constexpr std::size_t maximumOutputBytes = 30'000;

} // namespace tools
