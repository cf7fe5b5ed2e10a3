#pragma once

/// The distribution functions that tests and intervals need, to about ten digits.
namespace workflow {

/// Upper regularised incomplete gamma function Q(a, x), a > 0, x >= 0.
double gammaUpper(double a, double x);

/// The chance that a chi-square of `degrees` degrees of freedom exceeds `statistic`.
double chiSquareTail(double statistic, double degrees);

/// Cumulative Beta(a, b) at x; x outside 0..1 counts as the nearer end.
double betaCdf(double x, double a, double b);

/// Density of Beta(a, b) at x in 0..1.
double betaPdf(double x, double a, double b);

} // namespace workflow
