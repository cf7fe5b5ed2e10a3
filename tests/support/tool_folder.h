#pragma once

#include "tests/support/tool_context.h"

#include <QTemporaryDir>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace support {

/// A folder that a session works in, beside one that it must not reach: "work" and "outside".
class ToolFolder
{
public:
    ToolFolder()
        : base(std::filesystem::canonical(m_temporary.path().toStdString()))
        , work(base / "work")
        , outside(base / "outside")
    {
        std::filesystem::create_directories(work);
        std::filesystem::create_directories(outside);
        write(outside / "secret.txt", "secret\n");
    }

    static void write(const std::filesystem::path &path, const std::string &content)
    {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << content;
    }
    static std::string read(const std::filesystem::path &path)
    {
        std::ostringstream content;
        content << std::ifstream(path, std::ios::binary).rdbuf();
        return content.str();
    }
    tools::WorkspaceSetting setting() const
    {
        tools::WorkspaceSetting setting;
        setting.cwd = work;
        return setting;
    }

private:
    QTemporaryDir m_temporary;

public:
    const std::filesystem::path base;
    const std::filesystem::path work;
    const std::filesystem::path outside;
};

} // namespace support
