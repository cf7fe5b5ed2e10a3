#include "driver/localproject/demo/demo.h"
#include "driver/localproject/demo/plan.h"
#include "driver/localproject/demo/simulate.h"
#include "driver/localproject/dump.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

// Times the demo project: planning and playing it, filling a store in memory, making the whole file, and for comparison
// loading the same rows into an empty store from CSV.

using namespace localproject;

namespace {

double seconds(const auto &work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void need(bool done, const std::string &what)
{
    if (!done) {
        std::fprintf(stderr, "%s\n", what.c_str());
        std::exit(1);
    }
}

} // namespace

int main(int argc, char **argv)
{
    const int runs = argc > 1 ? std::atoi(argv[1]) : 3;
    const demo::Options options{.anchor = "2026-01-31T12:00:00Z"};
    const auto folder = std::filesystem::temp_directory_path()
        / ("demo_bench." + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()));
    std::filesystem::create_directories(folder);
    const auto file = folder / "demo.duckdb";
    const auto csv = folder / "csv";

    for (int run = 0; run < runs; ++run) {
        std::filesystem::remove(file);
        std::size_t events = 0;
        const double playing = seconds([&] {
            const auto world = demo::makeWorld(options);
            need(world.has_value(), "no world");
            events = demo::simulate(*world, demo::makePlan(*world)).events.size();
        });
        const double total = seconds([&] {
            const auto store = demo::create(file, options);
            need(store.has_value(), store ? "" : store.error().message);
        });
        std::printf("%zu events: generate %.2f s, load %.2f s, total %.2f s, file %.1f MB\n", events, playing, total - playing,
                    total, static_cast<double>(std::filesystem::file_size(file)) / 1e6);
    }

    {
        const auto store = Store::open(file);
        need(store.has_value(), "cannot reopen");
        std::printf("dump to CSV %.2f s\n", seconds([&] { need(dumpCsv(*store, csv).has_value(), "cannot dump"); }));
    }
    const double copied = seconds([&] {
        const auto store = Store::create(folder / "copied.duckdb", {.externalAccess = true});
        need(store.has_value(), "cannot create");
        for (const char *table : {"events", "persons", "person_distinct_ids", "groups", "cohort_people", "objects"}) {
            const auto done = store->execute(std::string("COPY ") + table + " FROM '" + (csv / table).string()
                                             + ".csv' (HEADER, NULLSTR '')");
            need(done.has_value(), done ? "" : done.error().message);
        }
        need(store->execute("CHECKPOINT").has_value(), "cannot checkpoint");
    });
    std::printf("comparator: the same events, persons and objects loaded from CSV by DuckDB in %.2f s\n", copied);
    std::filesystem::remove_all(folder);
}
