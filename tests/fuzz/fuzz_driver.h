#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What a fuzz program brings; fuzz_driver.cpp has the main() that runs it:
///   program [--seconds N] [--seed N] [FILE…]
/// With files it runs each of them once. Else it mixes and damages the seeds until the time is over. A finding is printed with the
/// text that caused it, written to fuzz-finding.txt, and ends the program with 1. A text that takes
/// more than 5 seconds of the processor's time is one.

/// Good texts to begin from.
std::vector<std::string> fuzzSeeds();
/// What is put in here and there.
std::vector<std::string> fuzzPieces();
/// Runs one text; empty when all is well, else what is wrong.
std::string fuzzOne(std::string_view text);
