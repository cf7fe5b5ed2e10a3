#pragma once

#include "driver/base/result.h"
#include "driver/localproject/demo/demo.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What is true of Driftboard before anybody visits it: its calendar, devices, countries, sources and pages.
namespace localproject::demo {

using Milliseconds = std::int64_t; // since 1970, UTC

inline constexpr Milliseconds second = 1000;
inline constexpr Milliseconds minute = 60 * second;
inline constexpr Milliseconds hour = 60 * minute;
inline constexpr Milliseconds day = 24 * hour;
inline constexpr int days = 30; // numbered 1 … 30

struct Device {
    std::string_view browser;
    std::string_view os;
    std::string_view type;
    std::string_view browserVersion;
    std::string_view osVersion;
    int screenWidth;
    int screenHeight;
    std::uint32_t weight; // per mille
};

struct Country {
    std::string_view code;
    std::string_view name;
    std::string_view city;
    std::string_view region;
    std::string_view timezone;
    std::string_view language;
    int offsetMinutes; // in winter: the demo knows no summer time
    std::uint32_t weight;
};

struct Source {
    std::string_view name;
    std::string_view referringDomain;
    std::string_view referrer;
    std::string_view utmSource;
    std::string_view utmMedium;
    std::string_view utmCampaign;
    std::string_view channel;
    std::uint32_t weight;
};

enum SourceIndex : std::uint8_t { Direct, GoogleOrganic, GoogleAds, Newsletter, Github, Linkedin, Referral, Reddit };

enum Page : std::uint8_t {
    Home,
    Pricing,
    Signup,
    Login,
    Files,
    File,
    Settings,
    Billing,
    Team,
    Docs,
    DocsSharing,
    Blog,
    Changelog,
    Invite,
    pageCount
};

extern const std::array<Device, 17> devices;
extern const std::array<Country, 20> countries;
extern const std::array<Source, 8> sources;
extern const std::array<std::string_view, pageCount> pagePaths; // File and Invite take an id: their text is the folder

/// Releases by the day they went live.
inline constexpr int brokenReleaseDay = 18; // 2.4.0
inline constexpr int fixReleaseDay = 26; // 2.4.2
inline constexpr int outageDay = 20; // 14:00 to 15:00
inline constexpr int campaignFirstDay = 12;
inline constexpr int campaignLastDay = 14;
inline constexpr int signupTestFirstDay = 8;
inline constexpr int signupTestLastDay = 28;
inline constexpr int pricingTestFirstDay = 10;
inline constexpr int uploadTestFirstDay = 10;
inline constexpr int previewReleaseDay = 15; // behind a flag: 25 %, then 50 % on day 18, all on day 22

struct World {
    std::uint64_t seed = 0;
    Milliseconds end = 0; // midnight after day 30: the anchor's day
    std::string plant; // as given
    std::string plantBrowser;
    std::string plantOs;
    std::array<std::uint32_t, days + 1> dayWeights{}; // [1 … 30]: weekday, growth and campaign
    int weeks = 0; // calendar weeks (Monday first) that days 1 … 30 touch

    Milliseconds dayStart(int number) const { return end - (days + 1 - number) * day; }
    int dayOf(Milliseconds time) const { return static_cast<int>((time - dayStart(1)) / day) + 1; }
    int weekday(int number) const; // 0 Monday
    int weekOf(int number) const; // 0 … weeks - 1
    std::string_view release(Milliseconds time) const;
    Milliseconds outageStart() const { return dayStart(outageDay) + 14 * hour; }
    Milliseconds outageEnd() const { return outageStart() + hour; }
    bool isPlanted(int device) const;

    /// A day in `first` … `last`, by the days' weights.
    template <typename Random>
    int pickDay(Random &random, int first, int last) const
    {
        return first
            + static_cast<int>(random.pick(
                std::span(dayWeights).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first + 1))));
    }
};

/// Error: InvalidInput when the anchor is no date-time, or the plant names no browser and system of the demo.
ph::Result<World> makeWorld(const Options &options);

} // namespace localproject::demo
