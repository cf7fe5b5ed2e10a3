#include "tests/fuzz/fuzz_driver.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <mutex>
#include <random>
#include <thread>

// The entry has libFuzzer's shape on purpose; g++ brings no libFuzzer, so this program damages texts itself.

namespace {

constexpr double longestRun = 5; // seconds of the processor's time: a busy machine is no hang

std::mutex currentMutex; // Guards the two below.
std::string current;
std::clock_t started = 0;

void report(std::string_view text, std::string_view problem)
{
    std::printf("FINDING: %.*s\n--- text, %zu bytes ---\n%.*s\n", int(problem.size()), problem.data(), text.size(), int(text.size()), text.data());
    std::ofstream("fuzz-finding.txt", std::ios::binary) << text;
    std::fflush(stdout);
}

/// Ends the program when one text takes too long: a hang would otherwise look like work.
void watch(const std::atomic<bool> &done)
{
    while (!done) {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        const std::lock_guard lock(currentMutex);
        if (!current.empty() && static_cast<double>(std::clock() - started) / CLOCKS_PER_SEC > longestRun) {
            report(current, "this takes longer than 5 seconds");
            std::_Exit(1);
        }
    }
}

bool runOne(const std::string &text)
{
    {
        const std::lock_guard lock(currentMutex);
        current = text;
        started = std::clock();
    }
    const std::string problem = fuzzOne(text);
    {
        const std::lock_guard lock(currentMutex);
        current.clear();
    }
    if (!problem.empty())
        report(text, problem);
    return problem.empty();
}

class Damage
{
public:
    Damage(unsigned seed, std::vector<std::string> seeds, std::vector<std::string> pieces)
        : m_random(seed)
        , m_seeds(std::move(seeds))
        , m_pieces(std::move(pieces))
    {
    }

    std::string next()
    {
        std::string text = m_seeds[below(m_seeds.size())];
        if (below(4) == 0) { // the head of one and the tail of another
            const std::string &other = m_seeds[below(m_seeds.size())];
            text = text.substr(0, below(text.size() + 1)) + other.substr(below(other.size() + 1));
        }
        for (std::size_t changes = 1 + below(6); changes > 0; --changes)
            change(text);
        if (text.size() > 4'000)
            text.resize(4'000);
        return text;
    }

    /// A damaged text that went well is a seed, for as long as there are not too many.
    void keep(const std::string &text)
    {
        if (m_seeds.size() < 4'000)
            m_seeds.push_back(text);
        else
            m_seeds[20 + below(m_seeds.size() - 20)] = text;
    }

    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, bound - 1)(m_random); }

private:
    void change(std::string &text)
    {
        const std::size_t at = below(text.size() + 1);
        switch (below(9)) {
        case 0:
            text.erase(std::min(at, text.size()), 1 + below(8));
            break;
        case 1:
        case 2:
        case 3:
            text.insert(at, m_pieces[below(m_pieces.size())]);
            break;
        case 4:
            if (at < text.size())
                text[at] = static_cast<char>(below(256));
            break;
        case 5:
            text.resize(at);
            break;
        case 6: // a part again
            text.insert(at, text.substr(below(text.size() + 1), below(60)));
            break;
        case 7: { // one piece many times: depth
            const std::string &piece = m_pieces[below(m_pieces.size())];
            std::string many;
            for (std::size_t count = 2 + below(below(20) == 0 ? 400 : 8); count > 0; --count)
                many += piece;
            text.insert(at, many);
            break;
        }
        case 8: { // two parts change places
            const std::size_t other = below(text.size() + 1);
            const std::size_t length = below(20);
            const std::string part = text.substr(std::min(at, other), length);
            text.erase(std::min(at, other), length);
            text.insert(std::min(std::max(at, other), text.size()), part);
            break;
        }
        }
    }

    std::mt19937 m_random;
    std::vector<std::string> m_seeds;
    std::vector<std::string> m_pieces;
};

} // namespace

int main(int argc, char **argv)
{
    double seconds = 10;
    unsigned seed = 1;
    std::vector<std::string> files;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--seconds" && i + 1 < argc)
            seconds = std::atof(argv[++i]);
        else if (argument == "--seed" && i + 1 < argc)
            seed = static_cast<unsigned>(std::atoi(argv[++i]));
        else
            files.push_back(argument);
    }
    std::atomic<bool> done{false};
    std::thread watcher([&] { watch(done); });
    bool clean = true;
    for (const std::string &path : files) {
        std::ifstream file(path, std::ios::binary);
        clean = runOne(std::string(std::istreambuf_iterator<char>(file), {})) && clean;
    }
    long runs = 0;
    if (files.empty()) {
        Damage damage(seed, fuzzSeeds(), fuzzPieces());
        for (const std::string &text : fuzzSeeds())
            clean = clean && runOne(text);
        const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
        while (clean && std::chrono::steady_clock::now() < end) {
            const std::string text = damage.next();
            clean = runOne(text);
            if (++runs % 8 == 0)
                damage.keep(text);
        }
        std::printf("%ld damaged texts, seed %u: %s\n", runs, seed, clean ? "nothing found" : "a finding");
    }
    done = true;
    watcher.join();
    return clean ? 0 : 1;
}
