#include "driver/localproject/import/import_files.h"
#include "driver/localproject/store.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sys/resource.h>

namespace fs = std::filesystem;

namespace {

/// Events as a project has them: 15 properties of 60 keys, 40 names, 20,000 persons, two weeks, in the order of time.
void writeEvents(const fs::path &file, std::size_t count, bool withPersons)
{
    std::mt19937_64 random(1);
    std::ofstream out(file, std::ios::binary);
    std::string line;
    const char *browsers[] = {"Chrome", "Safari", "Firefox", "Edge"};
    const char *systems[] = {"Windows", "Mac OS X", "iOS", "Android", "Linux"};
    char text[256];
    for (std::size_t i = 0; i < count; ++i) {
        const auto person = static_cast<unsigned>((random() % 1000) * (random() % 20) % 20'000);
        const auto micros = 1'767'225'600'000'000LL + static_cast<long long>(i) * 1'200'000LL * 1'000'000LL / static_cast<long long>(count);
        const auto seconds = micros / 1'000'000;
        const auto day = seconds / 86'400 - 20'454; // of January 2026
        std::snprintf(text, sizeof text, "{\"uuid\":\"%08llx-%04llx-7000-8000-%012llx\",\"event\":\"", micros / 1'000 >> 16 & 0xffffffffLL,
                      micros / 1'000 & 0xffffLL, static_cast<unsigned long long>(i));
        line = text;
        line += random() % 3 == 0 ? "$pageview" : "event_" + std::to_string(random() % 40);
        std::snprintf(text, sizeof text, "\",\"timestamp\":\"2026-01-%02lldT%02lld:%02lld:%02lld.%06lldZ\",\"distinct_id\":\"user-%u\"", day + 1,
                      seconds / 3600 % 24, seconds / 60 % 60, seconds % 60, micros % 1'000'000, person);
        line += text;
        if (withPersons) {
            std::snprintf(text, sizeof text, ",\"person_id\":\"00000000-0000-4000-8000-%012u\"", person);
            line += text;
        }
        line += ",\"properties\":{\"$browser\":\"";
        line += browsers[random() % 4];
        line += "\",\"$os\":\"";
        line += systems[random() % 5];
        std::snprintf(text, sizeof text,
                      "\",\"$device_type\":\"Desktop\",\"$pathname\":\"/page/%u/\",\"$current_url\":\"https://example.com/page/%u/\",\"$host\":\"example.com\","
                      "\"$session_id\":\"s-%u-%lld\",\"$lib\":\"web\",\"$referring_domain\":\"$direct\",\"$screen_width\":%u",
                      static_cast<unsigned>(random() % 200), static_cast<unsigned>(random() % 200), person, day,
                      static_cast<unsigned>(800 + random() % 2000));
        line += text;
        for (int k = 0; k < 5; ++k)
            line += ",\"key_" + std::to_string(k * 10 + random() % 10) + "\":" + (k % 2 ? "\"value " + std::to_string(random() % 1000) + "\"" : std::to_string(random() % 100));
        line += "}}\n";
        out << line;
    }
}

double secondsOf(const std::function<void()> &work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Processor time of this process so far: what a machine that others use, too, tells more truly.
double cpuSeconds()
{
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval &time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

template <typename T>
T orEnd(ph::Result<T> result)
{
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().message.c_str());
        std::exit(1);
    }
    return std::move(*result);
}

void removeStore(const fs::path &store)
{
    for (const char *ending : {"", ".wal", ".new", ".new.wal"})
        fs::remove(store.string() + ending);
}

/// What DuckDB takes to bring the same file into a table, with nothing understood: the comparator.
double copySeconds(const fs::path &file, const fs::path &folder)
{
    const fs::path path = folder / "copy.duckdb";
    removeStore(path);
    localproject::StoreOptions options;
    options.externalAccess = true;
    options.memoryLimit = "2GB";
    const double seconds = secondsOf([&] {
        const auto store = orEnd(localproject::Store::create(path, options));
        const auto done = store.execute("CREATE TABLE plain (uuid UUID, event VARCHAR, timestamp TIMESTAMP, distinct_id VARCHAR, person_id UUID,"
                                        " properties JSON); COPY plain FROM '" + file.string() + "' (FORMAT json, ARRAY false); CHECKPOINT");
        if (!done) {
            std::fprintf(stderr, "%s\n", done.error().message.c_str());
            std::exit(1);
        }
    });
    removeStore(path);
    return seconds;
}

} // namespace

/// Import of JSON lines beside DuckDB's own COPY of the same file, in turns. [events] [folder]
int main(int argc, char *argv[])
{
    const std::size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
    const fs::path folder = argc > 2 ? fs::path(argv[2]) : fs::temp_directory_path() / "hoglet-import-bench";
    fs::create_directories(folder);
    for (const bool withPersons : {true, false}) {
        const fs::path file = folder / (withPersons ? "resolved.jsonl" : "raw.jsonl");
        if (!fs::exists(file))
            writeEvents(file, count, withPersons);
        std::printf("%s, %zu events, %.0f MB\n", withPersons ? "an export with person ids" : "raw events, persons by PostHog's rules", count,
                    static_cast<double>(fs::file_size(file)) / 1e6);
        for (int round = 0; round < 3; ++round) {
            double cpu = cpuSeconds();
            const double plain = copySeconds(file, folder);
            const double plainCpu = cpuSeconds() - cpu;
            localproject::ingest::ImportOptions options;
            options.files = {file};
            options.store = folder / "store.duckdb";
            options.rejected = folder / "rejected";
            removeStore(options.store);
            localproject::ingest::ImportReport report;
            cpu = cpuSeconds();
            const double seconds = secondsOf([&] { report = orEnd(localproject::ingest::importFiles(options)); });
            std::printf("  COPY %5.2f s, cpu %5.2f (%4.0fk/s)   import %5.2f s, cpu %5.2f (%4.0fk/s, %.2fx)   %llu events, %llu persons, store %.0f MB\n",
                        plain, plainCpu, static_cast<double>(count) / plain / 1e3, seconds, cpuSeconds() - cpu,
                        static_cast<double>(count) / seconds / 1e3, seconds / plain,
                        static_cast<unsigned long long>(report.files[0].events), static_cast<unsigned long long>(report.persons),
                        static_cast<double>(fs::file_size(options.store)) / 1e6);
            std::fflush(stdout);
        }
        removeStore(folder / "store.duckdb");
    }
}
