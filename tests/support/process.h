#pragma once

#include <fstream>
#include <string>

#include <sys/types.h>

namespace support {

/// Whether the process is there and runs: one that has ended and that nobody has waited for does not.
inline bool isRunning(pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(file, text);
    const auto name = text.rfind(')'); // which the name may hold, too
    return name != std::string::npos && text.size() > name + 2 && text[name + 2] != 'Z' && text[name + 2] != 'X';
}

} // namespace support
