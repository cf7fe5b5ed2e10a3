#include "ui/terminal/terminal_colors.h"

#include <array>
#include <cmath>

namespace ui {
namespace {

constexpr double leastContrast = 3;

using Sixteen = std::array<const char *, 16>;
constexpr Sixteen onDark{"#4a4f63", "#ff7b72", "#4cc38a", "#f0b429", "#6cb2ff", "#c6a0f6", "#67d5dd", "#c9ccd8",
                         "#8b91a5", "#ffa198", "#7fdcae", "#f7cc66", "#9ccbff", "#dcc3fb", "#93e5eb", "#ffffff"};
constexpr Sixteen onLight{"#1a1c23", "#b42318", "#176f43", "#8a5a00", "#1f5fbf", "#7a3fb8", "#0f7080", "#5c6270",
                          "#6d7382", "#cc3a2e", "#1f8a57", "#a06a00", "#3a7ad9", "#9357cf", "#148596", "#9a9fad"};

QColor indexed(std::uint32_t index, const Colors &colors)
{
    if (index < 16)
        return QColor(QLatin1String((colors.isDark ? onDark : onLight)[index]));
    if (index >= 232) { // 24 steps of grey
        const int grey = 8 + 10 * int(index - 232);
        return QColor(grey, grey, grey);
    }
    const auto level = [](std::uint32_t step) { return step == 0 ? 0 : 55 + 40 * int(step); };
    const auto cube = index - 16; // 6 x 6 x 6
    return QColor(level(cube / 36), level(cube / 6 % 6), level(cube % 6));
}

QColor colorOf(const TerminalColor &color, const Colors &colors, const QColor &otherwise)
{
    switch (color.kind) {
    case TerminalColor::Kind::Indexed:
        return indexed(color.value, colors);
    case TerminalColor::Kind::Rgb:
        return QColor(QRgb(color.value));
    case TerminalColor::Kind::Default:
        break;
    }
    return otherwise;
}

double luminance(const QColor &color)
{
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

QColor mixed(const QColor &one, const QColor &other, double share)
{
    const auto part = [share](float a, float b) { return float(a + (b - a) * share); };
    return QColor::fromRgbF(part(one.redF(), other.redF()), part(one.greenF(), other.greenF()), part(one.blueF(), other.blueF()));
}

} // namespace

double contrastBetween(const QColor &one, const QColor &other)
{
    const double a = luminance(one) + 0.05;
    const double b = luminance(other) + 0.05;
    return std::max(a, b) / std::min(a, b);
}

QColor terminalGround(const Colors &colors) { return colors.isDark ? colors.window : colors.raised; }

TerminalPaint paintOf(const TerminalStyle &style, const Colors &colors, const QColor &ground)
{
    auto text = colorOf(style.foreground, colors, colors.text);
    auto background = colorOf(style.background, colors, ground);
    if (style.reverse)
        std::swap(text, background);
    const QColor white(Qt::white);
    const QColor black(Qt::black);
    const QColor away = contrastBetween(white, background) > contrastBetween(black, background) ? white : black;
    for (int step = 1; step <= 8 && contrastBetween(text, background) < leastContrast; ++step)
        text = mixed(text, away, double(step) / 8);
    return {text, background == ground ? QColor() : background};
}

} // namespace ui
