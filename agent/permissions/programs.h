#pragma once

#include "agent/permissions/command.h"

#include <cstddef>
#include <span>
#include <string_view>

/// What is known of programs by their names: which run others, which options of common ones run or write, which reach the network.
namespace permissions {

/// Whether the command runs what its arguments name: timeout, sudo, xargs, find, eval, bash…, or `tar --to-command=…`.
bool runsArguments(std::span<const Word> words);

/// A shell: with no operand, or with -s, it reads its commands from its standard input.
bool isShell(std::string_view program);

/// Whether a command that begins with the words of a prefix rule may do what the rule does not show: `words` begins with the `named`
/// words of the rule; what follows them may hold options that run a program, write a file of their own, or read options from one.
bool mayWiden(std::span<const Word> words, std::size_t named);

/// Whether one of the commands may send data to another machine. What is not known may: interpreters, programs by path.
bool mayReachNetwork(const CommandSurvey &survey);

} // namespace permissions
