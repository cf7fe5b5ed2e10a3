#pragma once

#include "driver/localproject/demo/world.h"

#include <array>
#include <cstdint>
#include <vector>

/// Who comes to Driftboard and what becomes of each: decided by quota before any event is made, so that the demo's truths hold
/// exactly and do not hang on luck.
namespace localproject::demo {

enum class Kind : std::uint8_t {
    HomeOnly, // saw the home page, never /signup/
    SignupDrop, // saw /signup/ and left
    SignedUp, // signed up by way of home page and /signup/
    OtherVisitor, // came to other pages only
    Bot,
    Undefined, // the person behind the distinct id 'undefined'
    Invited, // signed up through a colleague's link
    Existing, // had an account before day 1
};

enum class Variant : std::uint8_t { None, Control, Test };

struct Person {
    Kind kind = Kind::HomeOnly;
    bool internal = false;
    bool uploads = false;
    bool upgrades = false;
    bool adopts = false; // previews files in the adoption week
    bool secondDevice = false;
    bool bothVariants = false; // of the sign-up test
    bool heavy = false; // among the most active file users
    bool meetsBug = false; // the sign-up form fails under them
    bool rages = false; // and they let it feel
    std::uint8_t device = 0;
    std::uint8_t otherDevice = 0;
    std::uint8_t country = 0;
    std::uint8_t source = 0;
    Variant signupVariant = Variant::None;
    Variant pricingVariant = Variant::Control;
    Variant uploadVariant = Variant::Control;
    std::int16_t account = -1;
    int firstDay = 1; // of the first visit
    int signupDay = 0; // of the first /signup/ view, or of the invite
    int uploadDay = 0; // of the first file event
    int upgradeDay = 0;
    std::uint32_t weight = 0; // of file activity; 0: none
    std::uint32_t activeWeeks = 0; // bit w: has file events in calendar week w

    bool identified() const { return kind >= Kind::Invited || kind == Kind::SignedUp; }
};

struct Account {
    std::vector<std::uint32_t> members;
    int seatsAtStart = 0;
    int billingDay = 0;
    int churnDay = 0; // 0: stays
    int upgrades = 0;
};

struct Plan {
    std::vector<Person> persons;
    std::vector<Account> accounts;
    int adoptionWeek = 0;
};

inline constexpr int personCount = 5000;
inline constexpr int accountCount = 420;

Plan makePlan(const World &world);

} // namespace localproject::demo
