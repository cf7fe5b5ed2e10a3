#include <QTest>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

/// Who may include whom, beside itself and driver/base. A folder that is not named here may be included by nobody but itself.
const std::map<std::string, Names> allowed{
    {"driver/base", {}},
    {"driver/http", {}},
    {"driver/hogql", {}},
    {"driver/posthog", {"driver/http", "driver/hogql"}},
    {"driver/localproject", {"driver/http", "driver/hogql", "driver/posthog"}},
    {"agent/acp", {}},
    {"agent/workspace", {}},
    {"agent/workflow", {"driver/hogql", "driver/posthog"}},
    {"agent/report", {"agent/workflow", "driver/posthog"}},
    {"agent/permissions", {"agent/acp"}},
    {"agent/journal", {"agent/acp", "driver/posthog", "driver/http"}},
    {"agent/model", {"driver/http", "driver/posthog", "agent/acp", "agent/workflow", "agent/report"}},
    {"agent/mcp", {"driver/http", "agent/acp"}},
    {"agent/external", {"agent/acp"}},
    {"agent/tools", {"agent/acp", "agent/workflow", "agent/permissions", "agent/mcp", "agent/workspace", "driver/http", "driver/posthog"}},
    {"agent/sandbox", {"driver/http", "agent/acp", "agent/permissions"}},
    {"agent/handoff", {"agent/sandbox", "agent/journal", "agent/workspace", "driver/posthog", "agent/acp"}},
    {"agent/session",
     {"driver/http", "driver/posthog", "agent/model", "agent/tools", "agent/permissions", "agent/journal", "agent/handoff", "agent/external",
      "agent/mcp", "agent/acp"}},
    {"agent/server", {"agent/session", "agent/journal", "agent/handoff", "driver/http", "agent/acp"}},
};

/// Every folder of the window may know these.
const Names allowedInUi{"driver/hogql", "driver/posthog", "agent/acp", "agent/workflow", "agent/report", "agent/workspace"};

/// "agent/session/turn.h" -> "agent/session".
std::string moduleOf(const std::string &path)
{
    const auto first = path.find('/');
    const auto second = first == std::string::npos ? first : path.find('/', first + 1);
    return second == std::string::npos ? path.substr(0, first) : path.substr(0, second);
}

bool isOurs(const std::string &include)
{
    for (const char *top : {"driver/", "agent/", "ui/", "app/", "tests/"})
        if (include.starts_with(top))
            return true;
    return false;
}

bool mayInclude(const std::string &file, const std::string &include)
{
    const std::string from = moduleOf(file);
    const std::string to = moduleOf(include);
    if (from.starts_with("app") || from == to || to == "driver/base")
        return true;
    if (from.starts_with("ui/"))
        return to.starts_with("ui/") || allowedInUi.contains(to);
    const auto row = allowed.find(from);
    return row != allowed.end() && row->second.contains(to);
}

struct Include {
    std::string name;
    bool quoted;
};

std::vector<Include> includesOf(std::istream &text)
{
    std::vector<Include> found;
    for (std::string line; std::getline(text, line);) {
        if (!line.starts_with("#include "))
            continue;
        const bool quoted = line.find('"') != std::string::npos;
        const auto start = line.find_first_of("\"<");
        const auto end = line.find_last_of("\">");
        if (start != std::string::npos && end > start)
            found.push_back({line.substr(start + 1, end - start - 1), quoted});
    }
    return found;
}

/// What is wrong with one file's includes, a sentence each.
std::vector<std::string> strays(const std::string &file, std::istream &text)
{
    std::vector<std::string> found;
    const bool isUi = file.starts_with("ui/") || file.starts_with("app/");
    for (const auto &[name, quoted] : includesOf(text)) {
        if (quoted && isOurs(name) && !mayInclude(file, name))
            found.push_back(file + " includes " + name);
        const bool isQt = !quoted && name.size() > 1 && name[0] == 'Q' && std::isupper(static_cast<unsigned char>(name[1]));
        if (isQt && !isUi && file != "driver/http/client.cpp")
            found.push_back(file + " includes Qt's <" + name + ">");
        if (name == "QtWidgets" || name == "QtCore" || name == "QtGui")
            found.push_back(file + " includes the whole of " + name);
        if (name == "duckdb.h" && !file.starts_with("driver/localproject/"))
            found.push_back(file + " includes duckdb.h, which belongs to driver/localproject");
    }
    return found;
}

} // namespace

class LayersTest : public QObject
{
    Q_OBJECT

private slots:
    void everyIncludeFollowsTheTable()
    {
        const fs::path root = HOGLET_SOURCE_DIR;
        std::vector<std::string> found;
        int files = 0;
        for (const char *top : {"driver", "agent", "ui", "app"}) {
            for (const auto &entry : fs::recursive_directory_iterator(root / top)) {
                const auto extension = entry.path().extension();
                if (extension != ".h" && extension != ".cpp")
                    continue;
                ++files;
                std::ifstream text(entry.path());
                for (const auto &stray : strays(fs::relative(entry.path(), root).generic_string(), text))
                    found.push_back(stray);
            }
        }
        QVERIFY(files > 10);
        for (const auto &stray : found)
            qWarning("%s", stray.c_str());
        QCOMPARE(found.size(), std::size_t(0));
    }

    void namesAFileThatStrays()
    {
        std::istringstream up("#include \"agent/session/agent.h\"\n#include \"driver/base/result.h\"\n");
        QCOMPARE(strays("driver/posthog/driver.cpp", up), std::vector<std::string>{"driver/posthog/driver.cpp includes agent/session/agent.h"});

        std::istringstream qt("#include <QString>\n");
        QCOMPARE(strays("agent/acp/connection.cpp", qt), std::vector<std::string>{"agent/acp/connection.cpp includes Qt's <QString>"});

        std::istringstream window("#include \"agent/session/agent.h\"\n#include \"agent/report/scene.h\"\n");
        QCOMPARE(strays("ui/charts/chart_view.cpp", window), std::vector<std::string>{"ui/charts/chart_view.cpp includes agent/session/agent.h"});
    }
};

QTEST_APPLESS_MAIN(LayersTest)
#include "layers_test.moc"
