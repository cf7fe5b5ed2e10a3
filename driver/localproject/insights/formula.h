#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace localproject::insights {

/// A formula over series: "A / B * 100", "(A - B) ** 2". Letters name series in their order, numbers are themselves.
class Formula
{
public:
    /// The error says what is wrong with the text. `series` is how many there are.
    static tl::expected<Formula, std::string> parse(std::string_view text, std::size_t series);

    Formula(Formula &&) noexcept;
    Formula &operator=(Formula &&) noexcept;
    ~Formula();

    /// Divisions by zero are 0, as in PostHog.
    double operator()(const std::map<char, double> &values) const;

private:
    struct Node;
    explicit Formula(std::unique_ptr<Node> root);
    friend class FormulaParser;
    std::unique_ptr<Node> m_root;
};

} // namespace localproject::insights
