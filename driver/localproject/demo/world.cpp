#include "driver/localproject/demo/world.h"

#include <chrono>
#include <cstdio>

namespace localproject::demo {

const std::array<Device, 17> devices = {{
    {"Chrome", "Windows", "Desktop", "143", "11", 1920, 1080, 300},
    {"Chrome", "Mac OS X", "Desktop", "143", "15.2", 1512, 982, 138},
    {"Chrome", "Linux", "Desktop", "143", "", 2560, 1440, 30},
    {"Safari", "Mac OS X", "Desktop", "18.2", "15.2", 1728, 1117, 60},
    {"Firefox", "Windows", "Desktop", "146", "11", 1920, 1080, 40},
    {"Firefox", "Mac OS X", "Desktop", "146", "14.7", 1440, 900, 14},
    {"Firefox", "Linux", "Desktop", "146", "", 1920, 1200, 16},
    {"Microsoft Edge", "Windows", "Desktop", "143", "11", 1536, 864, 66},
    {"Microsoft Edge", "Mac OS X", "Desktop", "143", "15.2", 1512, 982, 4},
    {"Opera", "Windows", "Desktop", "125", "10", 1366, 768, 12},
    {"Chrome", "Android", "Mobile", "143", "15", 412, 915, 120},
    {"Safari", "iOS", "Mobile", "18.2", "18.2", 390, 844, 130},
    {"Chrome", "iOS", "Mobile", "143", "18.2", 430, 932, 12},
    {"Samsung Internet", "Android", "Mobile", "29", "15", 384, 854, 8},
    {"Firefox", "Android", "Mobile", "146", "14", 412, 892, 20},
    {"Safari", "iOS", "Tablet", "18.2", "18.2", 820, 1180, 21},
    {"Chrome", "Android", "Tablet", "143", "15", 800, 1280, 9},
}};

const std::array<Country, 20> countries = {{
    {"US", "United States", "New York", "NY", "America/New_York", "en-US", -300, 200},
    {"US", "United States", "Chicago", "IL", "America/Chicago", "en-US", -360, 100},
    {"US", "United States", "San Francisco", "CA", "America/Los_Angeles", "en-US", -480, 160},
    {"DE", "Germany", "Berlin", "BE", "Europe/Berlin", "de-DE", 60, 110},
    {"GB", "United Kingdom", "London", "ENG", "Europe/London", "en-GB", 0, 90},
    {"IN", "India", "Bengaluru", "KA", "Asia/Kolkata", "en-IN", 330, 80},
    {"FR", "France", "Lyon", "ARA", "Europe/Paris", "fr-FR", 60, 60},
    {"CA", "Canada", "Toronto", "ON", "America/Toronto", "en-CA", -300, 50},
    {"BR", "Brazil", "São Paulo", "SP", "America/Sao_Paulo", "pt-BR", -180, 40},
    {"AU", "Australia", "Melbourne", "VIC", "Australia/Melbourne", "en-AU", 660, 30},
    {"NL", "Netherlands", "Utrecht", "UT", "Europe/Amsterdam", "nl-NL", 60, 30},
    {"JP", "Japan", "Osaka", "27", "Asia/Tokyo", "ja-JP", 540, 8},
    {"ES", "Spain", "Valencia", "VC", "Europe/Madrid", "es-ES", 60, 8},
    {"SE", "Sweden", "Malmö", "M", "Europe/Stockholm", "sv-SE", 60, 7},
    {"PL", "Poland", "Kraków", "12", "Europe/Warsaw", "pl-PL", 60, 7},
    {"MX", "Mexico", "Guadalajara", "JAL", "America/Mexico_City", "es-MX", -360, 6},
    {"SG", "Singapore", "Singapore", "", "Asia/Singapore", "en-SG", 480, 5},
    {"ZA", "South Africa", "Cape Town", "WC", "Africa/Johannesburg", "en-ZA", 120, 4},
    {"NG", "Nigeria", "Lagos", "LA", "Africa/Lagos", "en-NG", 60, 3},
    {"CH", "Switzerland", "Zürich", "ZH", "Europe/Zurich", "de-CH", 60, 2},
}};

const std::array<Source, 8> sources = {{
    {"direct", "$direct", "$direct", "", "", "", "Direct", 340},
    {"google", "www.google.com", "https://www.google.com/", "", "", "", "Organic Search", 280},
    {"google-ads", "www.google.com", "https://www.google.com/", "google", "cpc", "board-search", "Paid Search", 120},
    {"newsletter", "$direct", "$direct", "newsletter", "email", "spring-board", "Email", 80},
    {"github", "github.com", "https://github.com/", "", "", "", "Referral", 60},
    {"linkedin", "www.linkedin.com", "https://www.linkedin.com/", "", "", "", "Organic Social", 50},
    {"referral", "toolshelf.example", "https://toolshelf.example/boards/", "", "", "", "Referral", 50},
    {"reddit", "www.reddit.com", "https://www.reddit.com/", "", "", "", "Organic Social", 20},
}};

const std::array<std::string_view, pageCount> pagePaths = {"/",
                                                           "/pricing/",
                                                           "/signup/",
                                                           "/login/",
                                                           "/files/",
                                                           "/files/",
                                                           "/account/settings/",
                                                           "/account/billing/",
                                                           "/account/team/",
                                                           "/docs/",
                                                           "/docs/sharing/",
                                                           "/blog/",
                                                           "/changelog/",
                                                           "/invite/"};

int World::weekday(int number) const
{
    return static_cast<int>((dayStart(number) / day + 3) % 7); // 1 January 1970 was a Thursday.
}

int World::weekOf(int number) const { return (number - 1 + weekday(1)) / 7; }

std::string_view World::release(Milliseconds time) const
{
    if (time < dayStart(brokenReleaseDay))
        return "2.3.0";
    return time < dayStart(fixReleaseDay) ? "2.4.0" : "2.4.2";
}

bool World::isPlanted(int device) const
{
    const Device &own = devices[static_cast<std::size_t>(device)];
    return own.browser == plantBrowser && own.os == plantOs;
}

namespace {

ph::Result<Milliseconds> anchorDay(const std::string &anchor)
{
    using namespace std::chrono;
    if (anchor.empty())
        return duration_cast<milliseconds>(floor<std::chrono::days>(system_clock::now()).time_since_epoch()).count();
    int year = 0;
    unsigned month = 0;
    unsigned date = 0;
    int used = 0;
    const bool read = std::sscanf(anchor.c_str(), "%4d-%2u-%2uT12:00:00Z%n", &year, &month, &date, &used) == 3
        && static_cast<std::size_t>(used) == anchor.size();
    const year_month_day parsed{std::chrono::year(year), std::chrono::month(month), std::chrono::day(date)};
    if (!read || !parsed.ok() || year < 2000 || year > 2100)
        return ph::fail(ph::ErrorCode::InvalidInput, "The anchor must look like 2026-01-31T12:00:00Z, not \"" + anchor + "\".");
    return duration_cast<milliseconds>(sys_days(parsed).time_since_epoch()).count();
}

ph::Result<> readPlant(World &world)
{
    if (world.plant == "none")
        return {};
    const std::string &text = world.plant;
    const auto comma = text.find(',');
    if (text.starts_with("browser=") && comma != std::string::npos && text.compare(comma, 4, ",os=") == 0) {
        world.plantBrowser = text.substr(8, comma - 8);
        world.plantOs = text.substr(comma + 4);
    }
    std::string known;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        if (world.isPlanted(static_cast<int>(i)))
            return {};
        if (devices[i].type != "Tablet")
            known += (known.empty() ? "" : "; ") + ("browser=" + std::string(devices[i].browser))
                + ",os=" + std::string(devices[i].os);
    }
    return ph::fail(ph::ErrorCode::InvalidInput, "The demo cannot plant \"" + text + "\". It knows none; " + known + ".");
}

} // namespace

ph::Result<World> makeWorld(const Options &options)
{
    World world;
    world.seed = options.seed;
    world.plant = options.plant;
    const auto end = anchorDay(options.anchor);
    if (!end)
        return ph::fail(end.error());
    world.end = *end;
    if (const auto plant = readPlant(world); !plant)
        return ph::fail(plant.error());

    constexpr std::array<std::uint32_t, 7> weekdays = {100, 108, 110, 106, 92, 48, 44};
    std::uint32_t growth = 10'000;
    for (int d = 1; d <= days; ++d) {
        world.dayWeights[static_cast<std::size_t>(d)] = weekdays[static_cast<std::size_t>(world.weekday(d))] * growth / 1000;
        if (d >= campaignFirstDay && d <= campaignLastDay)
            world.dayWeights[static_cast<std::size_t>(d)] = world.dayWeights[static_cast<std::size_t>(d)] * 165 / 100;
        growth = growth * 1012 / 1000;
    }
    world.weeks = world.weekOf(days) + 1;
    return world;
}

} // namespace localproject::demo
