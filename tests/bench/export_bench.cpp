#include "driver/http/client.h"
#include "driver/http/server.h"
#include "driver/posthog/driver.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <malloc.h>
#include <map>
#include <random>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// Rows a second of an export to CSV, from pages of 10,000 events that lie in this program's memory, over loopback; beside a
// Python script that reads the same pages with `requests` and writes them with `csv`. Each reader is a process of its own,
// measured from its start to its end.

namespace {

constexpr int pageRows = 10'000;
constexpr const char *python = R"(import csv, sys, requests
url, out = sys.argv[1], sys.argv[2]
session = requests.Session()
session.headers['Authorization'] = 'Bearer phx_bench'
after = None
with open(out, 'w', newline='') as file:
    writer = csv.writer(file)
    writer.writerow(['uuid', 'event', 'timestamp', 'created_at', 'distinct_id', 'person_id', 'elements_chain', 'properties'])
    while True:
        values = {} if after is None else {'hoglet_key_0': after[2], 'hoglet_key_1': after[0]}
        answer = session.post(url + '/api/projects/1/query/', json={'query': {'kind': 'HogQLQuery', 'query': 'SELECT page LIMIT 10000', 'values': values}})
        rows = answer.json()['results']
        writer.writerows(rows)
        if len(rows) < 10000:
            break
        after = rows[-1]
)";

struct Pages {
    std::vector<std::string> bodies;
    std::map<std::string, std::size_t> after; // UUID of a page's last row -> the following page
    std::size_t bytes = 0;
};

Pages makePages(int count)
{
    Pages pages;
    std::minstd_rand random(5);
    const char *events[] = {"$pageview", "$autocapture", "sign_up", "uploaded_file", "$pageleave"};
    const char *paths[] = {"/", "/pricing", "/docs/getting-started", "/login", "/account/settings"};
    std::int64_t micros = 1'767'225'600'000'000; // 2026-01-01
    int row = 0;
    for (int page = 0; page <= count; ++page) {
        std::string body = R"({"results":[)";
        std::string uuid;
        for (int i = 0; i < (page == count ? 0 : pageRows); ++i, ++row) {
            micros += random() % 100'000;
            const auto time = ph::isoTimeMicros(ph::Time(std::chrono::microseconds(micros)));
            char text[1024];
            char id[40];
            std::snprintf(id, sizeof id, "0194%04x-%04x-7000-8000-%012x", row >> 16 & 0xffff, row & 0xffff, unsigned(random()));
            uuid = id;
            const char *path = paths[random() % 5];
            std::snprintf(text, sizeof text,
                          R"(%s["%s","%s","%s","%s","user-%u","018f%04x-7a2c-7000-8000-%012x","","{\"$browser\":\"Chrome\",\"$browser_version\":%u,\"$os\":\"Mac OS X\",\"$device_type\":\"Desktop\",\"$current_url\":\"https://app.example.com%s\",\"$pathname\":\"%s\",\"$host\":\"app.example.com\",\"$referrer\":\"$direct\",\"$lib\":\"web\",\"$session_id\":\"0194%08x\",\"plan\":\"%s\",\"amount\":%u}"])",
                          i ? "," : "", id, events[random() % 5], time.c_str(), time.c_str(), unsigned(random() % 50'000), unsigned(random() % 65'536),
                          unsigned(random() % 50'000), 100 + unsigned(random() % 40), path, path, unsigned(random()), random() % 2 ? "free" : "pro", unsigned(random() % 1'000));
            body += text;
        }
        body += R"j(],"columns":["uuid","event","timestamp","created_at","distinct_id","person_id","elements_chain","properties"],"types":[["uuid","UUID"],["event","String"],["timestamp","DateTime64(6, 'UTC')"],["created_at","DateTime64(6, 'UTC')"],["distinct_id","String"],["person_id","UUID"],["elements_chain","String"],["properties","String"]],"hogql":"SELECT","error":null})j";
        if (!uuid.empty())
            pages.after[uuid] = static_cast<std::size_t>(page) + 1;
        pages.bytes += body.size();
        pages.bodies.push_back(std::move(body));
    }
    return pages;
}

http::ServerResponse respond(const Pages &pages, const http::ServerRequest &request)
{
    http::ServerResponse response;
    const auto rows = static_cast<long>(pages.bodies.size() - 1) * pageRows;
    const std::string &body = request.body;
    const auto has = [&](const char *text) { return body.find(text) != std::string::npos; };
    if (has("toUnixTimestamp(now())")) {
        response.body = R"({"columns":["now"],"results":[[1769904000]]})";
    } else if (has("intDiv(")) {
        response.body = R"({"columns":["day","rows"],"results":[[20454,)" + std::to_string(rows) + "]]}";
    } else if (has("count(DISTINCT")) {
        response.body = R"({"columns":["rows","different"],"results":[[)" + std::to_string(rows) + "," + std::to_string(rows) + "]]}";
    } else if (has("hoglet_since")) {
        response.body = pages.bodies.back();
    } else if (const auto at = body.find("\"hoglet_key_1\":"); at != std::string::npos) {
        const auto open = body.find('"', at + 15);
        response.body = pages.bodies[pages.after.at(body.substr(open + 1, 36))];
    } else {
        response.body = pages.bodies.front();
    }
    return response;
}

int readAll(const std::string &url, const std::string &out)
{
    ::mallopt(M_MMAP_THRESHOLD, 1024 * 1024); // as hoglet-agent does
    http::Client client;
    const auto driver = posthog::makeDriver(client, {url, "phx_bench", "1"});
    auto request = posthog::eventsExport(out, "2026-01-01", "2026-02-01", {}, posthog::ExportFormat::Csv);
    request.pageRows = pageRows;
    request.formulaSafe = false; // as the script writes it
    const auto report = driver->exportRows(request);
    if (!report)
        std::fprintf(stderr, "%s\n", report.error().message.c_str());
    return report && report->isComplete ? 0 : 1;
}

struct Measured {
    double seconds = 0;
    double megabytes = 0;
    double cpu = 0;
};

Measured measured(std::vector<std::string> command)
{
    std::vector<char *> argv;
    for (auto &word : command)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child == 0) {
        ::execvp(argv[0], argv.data());
        ::_exit(127);
    }
    int status = 0;
    rusage usage{};
    double megabytes = 0; // the most it held; not ru_maxrss, in which we are counted before the exec
    while (::wait4(child, &status, WNOHANG, &usage) == 0) {
        std::ifstream file("/proc/" + std::to_string(child) + "/status");
        for (std::string line; std::getline(file, line);) {
            if (line.starts_with("VmHWM:") && std::chrono::steady_clock::now() - start > std::chrono::milliseconds(50))
                megabytes = std::atof(line.c_str() + 6) / 1024;
        }
        ::usleep(5'000);
    }
    if (status != 0) {
        std::fprintf(stderr, "%s ended with %d\n", argv[0], status);
        std::exit(1);
    }
    const auto cpu = [](const timeval &time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), megabytes,
            cpu(usage.ru_utime) + cpu(usage.ru_stime)};
}

} // namespace

int main(int argc, char **argv)
{
    if (argc == 4 && std::strcmp(argv[1], "--read") == 0)
        return readAll(argv[2], argv[3]);
    const int count = argc > 1 ? std::atoi(argv[1]) : 100;
    const int runs = argc > 2 ? std::atoi(argv[2]) : 3;
    const Pages pages = makePages(count);
    http::Server server({}, [&](const http::ServerRequest &request, std::stop_token) { return respond(pages, request); });
    if (const auto started = server.start(); !started) {
        std::fprintf(stderr, "%s\n", started.error().message.c_str());
        return 1;
    }
    const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
    const auto folder = std::filesystem::temp_directory_path() / ("export_bench." + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "read.py") << python;
    const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
    const double rows = static_cast<double>(count) * pageRows;
    std::printf("%.0f events in %d pages, %.0f MB of JSON\n", rows, count, static_cast<double>(pages.bytes) / 1e6);
    for (int run = 0; run < runs; ++run) {
        const auto script = measured({"python3", folder / "read.py", url, folder / "python.csv"});
        const auto ours = measured({self, "--read", url, folder / "ours.csv"});
        std::printf("Python requests + csv %8.0f rows/s %5.0f MB %5.2f s of CPU | export %8.0f rows/s %5.0f MB %5.2f s of CPU | %.1f times\n", rows / script.seconds,
                    script.megabytes, script.cpu, rows / ours.seconds, ours.megabytes, ours.cpu, script.seconds / ours.seconds);
        std::printf("  files: %ju and %ju bytes\n", static_cast<std::uintmax_t>(std::filesystem::file_size(folder / "python.csv")),
                    static_cast<std::uintmax_t>(std::filesystem::file_size(folder / "ours.csv")));
        std::filesystem::remove(folder / "ours.csv");
    }
    std::filesystem::remove_all(folder);
}
