#pragma once

#include <string>

/// Numbers as people read them, the same in findings, charts and reports. English notation.
namespace workflow {

/// 12345.678 -> "12,345.68"; whole numbers have no decimals, small ones keep three significant digits. Not finite: "–".
std::string formatNumber(double value);

/// Exactly `decimals` digits after the point, with thousands separators.
std::string formatFixed(double value, int decimals);

/// A fraction: 0.5224 -> "52.2%". From 99.95 % and below 0.95 % on, as many digits as tell it from 100 and 0.
std::string formatPercent(double fraction);

/// 9.9 percentage points for 0.099: "+9.9 points" with `sign`.
std::string formatPoints(double fraction, bool sign = false);

/// Seconds: "45 s", "3 min 12 s", "2 h 5 min", "3 d 4 h".
std::string formatDuration(double seconds);

/// Short for axes: 1200 -> "1.2k", 3400000 -> "3.4M".
std::string formatCompact(double value);

/// By name: number, percent, seconds, points, compact; anything else is number.
std::string formatAs(const std::string &format, double value);

/// A p-value: "p < 0.001", "p = 0.03".
std::string formatP(double p);

} // namespace workflow
