#pragma once

#include <QFile>
#include <QTest>

#include <string>
#include <vector>

/// One block of a file under tests/driver/hogql: a query of one or more lines, then a line "= print" for what it must be
/// printed as, or "! line:column message" for how it must fail. Blocks are parted by empty lines; "##" begins a heading.
struct HogqlCase {
    std::string query;
    std::string printed; // empty when it must fail
    std::string error; // "1:8 Expected …"
    int line = 0; // where it stands in the file
};

inline std::vector<HogqlCase> readHogqlCases(const QString &path)
{
    std::vector<HogqlCase> cases;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return cases;
    HogqlCase current;
    int number = 0;
    while (!file.atEnd()) {
        ++number;
        std::string line = file.readLine().toStdString();
        if (line.ends_with('\n'))
            line.pop_back();
        if (line.starts_with("= "))
            current.printed = line.substr(2);
        else if (line.starts_with("! "))
            current.error = line.substr(2);
        else if (!line.empty() && !line.starts_with("##"))
            current.query += (current.query.empty() ? "" : "\n") + line;
        if (!current.printed.empty() || !current.error.empty()) {
            current.line = number;
            cases.push_back(std::move(current));
            current = {};
        }
    }
    return cases;
}
