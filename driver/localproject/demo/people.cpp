#include "driver/localproject/demo/people.h"

#include "driver/localproject/demo/random.h"

#include <cstdio>

namespace localproject::demo {
namespace {

struct Name {
    std::string_view written;
    std::string_view plain; // as in an address
};

constexpr std::array<Name, 40> firstNames = {{
    {"Amara", "amara"}, {"Anneke", "anneke"},   {"Arjun", "arjun"},     {"Beatriz", "beatriz"}, {"Björn", "bjorn"},
    {"Carla", "carla"}, {"Chidi", "chidi"},     {"Clément", "clement"}, {"Daria", "daria"},     {"Diego", "diego"},
    {"Elif", "elif"},   {"Emma", "emma"},       {"Farid", "farid"},     {"Freya", "freya"},     {"Grace", "grace"},
    {"Hana", "hana"},   {"Hugo", "hugo"},       {"Ines", "ines"},       {"Jack", "jack"},       {"Jürgen", "juergen"},
    {"Kavya", "kavya"}, {"Lena", "lena"},       {"Liam", "liam"},       {"Lucía", "lucia"},     {"Mateus", "mateus"},
    {"Mei", "mei"},     {"Nadia", "nadia"},     {"Noah", "noah"},       {"Olga", "olga"},       {"Omar", "omar"},
    {"Priya", "priya"}, {"Quentin", "quentin"}, {"Rosa", "rosa"},       {"Sam", "sam"},         {"Søren", "soren"},
    {"Tara", "tara"},   {"Tomasz", "tomasz"},   {"Uma", "uma"},         {"Victor", "victor"},   {"Zoë", "zoe"},
}};

constexpr std::array<Name, 40> lastNames = {{
    {"Abara", "abara"},
    {"Almeida", "almeida"},
    {"Andersson", "andersson"},
    {"Bakker", "bakker"},
    {"Bauer", "bauer"},
    {"Bianchi", "bianchi"},
    {"Brooks", "brooks"},
    {"Castillo", "castillo"},
    {"Chen", "chen"},
    {"Clarke", "clarke"},
    {"Dubois", "dubois"},
    {"Eriksen", "eriksen"},
    {"Fischer", "fischer"},
    {"Fraser", "fraser"},
    {"García", "garcia"},
    {"Gupta", "gupta"},
    {"Hoffmann", "hoffmann"},
    {"Hughes", "hughes"},
    {"Ito", "ito"},
    {"Jansen", "jansen"},
    {"Kaplan", "kaplan"},
    {"Kowalska", "kowalska"},
    {"Kumar", "kumar"},
    {"Lefèvre", "lefevre"},
    {"Lindqvist", "lindqvist"},
    {"Martin", "martin"},
    {"Müller", "mueller"},
    {"Nakamura", "nakamura"},
    {"Novak", "novak"},
    {"O'Neill", "oneill"},
    {"Okafor", "okafor"},
    {"Pereira", "pereira"},
    {"Reyes", "reyes"},
    {"Rossi", "rossi"},
    {"Sato", "sato"},
    {"Silva", "silva"},
    {"Tremblay", "tremblay"},
    {"Vogel", "vogel"},
    {"Wilson", "wilson"},
    {"Yilmaz", "yilmaz"},
}};

constexpr std::array<std::string_view, 28> accountFirst
    = {"Alder",  "Beacon",  "Birch",   "Cobalt",  "Copper", "Delta",    "Ember",  "Fern",  "Granite", "Harbor",
       "Indigo", "Juniper", "Kestrel", "Lantern", "Maple",  "Meridian", "North",  "Olive", "Pebble",  "Quarry",
       "Raven",  "Saffron", "Summit",  "Thistle", "Umber",  "Violet",   "Willow", "Zephyr"};
constexpr std::array<std::string_view, 15> accountSecond
    = {"Analytics", "Architects", "Bakery",    "Clinic", "Design", "Energy", "Films", "Games",
       "Labs",      "Legal",      "Logistics", "Press",  "School", "Studio", "Travel"};
constexpr std::array<std::string_view, 15> industries
    = {"software", "construction", "food",      "health", "design",    "energy", "media", "games",
       "software", "legal",        "logistics", "media",  "education", "design", "travel"};

std::size_t nameOf(const World &world, std::uint32_t person)
{
    return Random(world.seed, 0x9a3e, person).below(firstNames.size() * lastNames.size());
}

Uuid timed(Milliseconds time, std::uint64_t bits, std::uint64_t more)
{
    return {static_cast<std::uint64_t>(time) << 16 | 0x7000 | (bits & 0xfff), (more >> 2) | std::uint64_t{1} << 63};
}

} // namespace

Uuid personUuid(const World &world, std::uint32_t person)
{
    const std::uint64_t high = mix(world.seed ^ mix(0x9e50 + person));
    return {(high & ~std::uint64_t{0xf000}) | 0x5000, (mix(high) >> 2) | std::uint64_t{1} << 63};
}

Uuid eventUuid(const World &world, Milliseconds time, std::uint32_t serial)
{
    const std::uint64_t bits = mix(world.seed ^ mix(0xe4e27ULL << 32 | serial));
    return timed(time, bits, mix(bits));
}

Uuid sessionUuid(const World &world, Milliseconds time, std::uint32_t session)
{
    const std::uint64_t bits = mix(world.seed ^ mix(0x5e55ULL << 32 | session));
    return timed(time, bits, mix(bits));
}

std::string deviceId(const World &world, std::uint32_t person, bool otherDevice)
{
    const std::uint64_t high = mix(world.seed ^ mix((otherDevice ? 0xde02ULL : 0xde01ULL) << 32 | person));
    return Uuid{(high & ~std::uint64_t{0xf000}) | 0x4000, (mix(high) >> 2) | std::uint64_t{1} << 63}.text();
}

std::string userId(const Person &person, std::uint32_t index)
{
    if (person.kind == Kind::Undefined)
        return "undefined";
    char text[16];
    std::snprintf(text, sizeof text, "u_%06u", 100'000 + index * 7);
    return text;
}

std::string fullName(const World &world, std::uint32_t person)
{
    const std::size_t name = nameOf(world, person);
    return std::string(firstNames[name % 40].written) + " " + std::string(lastNames[name / 40].written);
}

std::string email(const World &world, const Person &person, std::uint32_t index)
{
    constexpr std::array<std::string_view, 3> hosts = {"example.com", "example.org", "example.net"};
    const std::size_t name = nameOf(world, index);
    const std::string_view host = person.internal ? "driftboard.example" : hosts[index % 3];
    return std::string(firstNames[name % 40].plain) + "." + std::string(lastNames[name / 40].plain) + std::to_string(index % 100)
        + "@" + std::string(host);
}

std::string accountKey(std::uint32_t account)
{
    char text[16];
    std::snprintf(text, sizeof text, "acc_%04u", account);
    return text;
}

std::string accountName(std::uint32_t account)
{
    if (account == 0)
        return "Driftboard";
    return std::string(accountFirst[account % 28]) + " " + std::string(accountSecond[account / 28]);
}

std::string_view accountIndustry(std::uint32_t account) { return account == 0 ? "software" : industries[account / 28]; }

} // namespace localproject::demo
