#include "agent/tools/ask_user.h"
#include "agent/tools/check_export.h"
#include "agent/tools/markdown.h"
#include "agent/tools/posthog_tools.h"
#include "tests/support/compare_json.h"
#include "tests/support/fake_driver.h"
#include "tests/support/tool_context.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

class ToolsTest : public QObject
{
    Q_OBJECT

private slots:
    void showsDataFromEventsAsItIs_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("escaped");
        QTest::newRow("plain") << "Chrome 120" << "Chrome 120";
        QTest::newRow("a row of its own") << "a|b\n| c |" << "a\\|b \\| c \\|";
        QTest::newRow("a link") << "[x](y)" << "\\[x\\]\\(y\\)";
        QTest::newRow("an image beacon") << "![](https://e.vil)" << "\\!\\[\\]\\(https\\://e.vil\\)";
        QTest::newRow("HTML") << "<script>" << "\\<script\\>";
        QTest::newRow("an entity") << "&lt;" << "\\&lt;";
        QTest::newRow("emphasis and code") << "*a* _b_ `c` ~d~" << "\\*a\\* \\_b\\_ \\`c\\` \\~d\\~";
        QTest::newRow("a terminal escape") << QString("\x1b[31mred\x07") << "\\[31mred";
        QTest::newRow("turned around") << QString::fromUtf8("a\u202egnp.exe") << "agnp.exe";
        QTest::newRow("invisible") << QString::fromUtf8("a\u200bb\ufeffc\u2066d") << "abcd";
        QTest::newRow("other writing") << QString::fromUtf8("日本語 …–“”") << QString::fromUtf8("日本語 …–“”");
    }
    void showsDataFromEventsAsItIs()
    {
        QFETCH(QString, text);
        QFETCH(QString, escaped);
        QCOMPARE(QString::fromStdString(tools::escapeMarkdown(text.toStdString())), escaped);
    }

    void cutsLongCellsBetweenCharacters()
    {
        posthog::Table table;
        table.columns = {{"c", "String"}};
        table.rows = {{std::string("äöüäöü")}, {nullptr}, {ph::Json::array({1, "x"})}};
        QCOMPARE(QString::fromStdString(tools::markdownTable(table, 10, 3)), QString::fromUtf8("| c |\n| --- |\n| äöü… |\n| nul… |\n| \\[1,… |\n"));
    }

    void cutsATableThatIsTooLong_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("cell");
        QTest::addColumn<int>("kept");
        QTest::newRow("few") << 5 << 10 << 5;
        QTest::newRow("as many as go") << 2000 << 10 << 2000;
        QTest::newRow("too many rows") << 2001 << 10 << 2000;
        QTest::newRow("too many bytes") << 100 << 100'000 << 41;
        QTest::newRow("one cell too long") << 1 << 5'000'000 << 0;
    }
    void cutsATableThatIsTooLong()
    {
        QFETCH(int, rows);
        QFETCH(int, cell);
        QFETCH(int, kept);
        m_driver->onQuery = [&](const std::string &, const ph::Json &, std::stop_token) {
            posthog::Table table;
            table.columns = {{"c", "String"}};
            table.rows.assign(std::size_t(rows), {std::string(std::size_t(cell), 'x')});
            return table;
        };
        const auto output = run("posthog_query", {{"hogql", "SELECT 1"}});

        QCOMPARE(int(output.raw["rows"].size()), kept);
        QCOMPARE(output.raw.contains("cut"), kept < rows);
        QCOMPARE(output.text.find("are kept here") != std::string::npos, kept < rows);
        QVERIFY(output.raw.dump().size() < tools::maximumBytes + 1000);
    }

    void saysThatThereAreMoreRows()
    {
        m_driver->onQuery = [](const std::string &, const ph::Json &, std::stop_token) {
            posthog::Table table;
            table.columns = {{"c", "UInt64"}};
            table.rows.assign(100, {1});
            table.hasMore = true;
            table.limit = 100;
            return table;
        };
        const auto text = QString::fromStdString(run("posthog_query", {{"hogql", "SELECT 1"}}).text);
        QVERIFY2(text.startsWith("100 rows × 1 column (limited to 100; there are more).\n\n| c |"), qPrintable(text));
        QVERIFY(text.endsWith("\nThe first 10 rows."));
    }

    void passesValuesOnApartFromTheQuery()
    {
        ph::Json seen;
        m_driver->onQuery = [&](const std::string &hogql, const ph::Json &values, std::stop_token) {
            seen = {hogql, values};
            return posthog::Table{};
        };
        run("posthog_query", {{"hogql", "SELECT {x}"}, {"values", {{"x", "'; DROP"}}}});
        COMPARE_JSON(seen, ph::Json::array({"SELECT {x}", {{"x", "'; DROP"}}}));
    }

    void failsWithASentenceTheModelCanRead_data()
    {
        QTest::addColumn<QString>("tool");
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<QString>("text");
        const auto row = [](const char *tool, const QByteArray &input, const char *text) { QTest::addRow("%s %s", tool, input.constData()) << tool << input << text; };
        row("posthog_query", "{}", "posthog_query needs `hogql`, a text.");
        row("posthog_query", R"({"hogql":5})", "posthog_query needs `hogql`, a text.");
        row("posthog_query", R"({"hogql":"SELECT 1","values":[1]})", "`values` is an object: {\"name\": value}.");
        row("posthog_fields", "{}", "posthog_fields needs `object`: events, insights, persons, cohorts, feature_flags or sessions.");
        row("posthog_fields", R"({"object":"dragons"})", "There is no object dragons.");
        row("posthog_create", R"({"kind":"tasks","body":{}})", "posthog_create needs `kind`: cohorts, feature_flags, experiments, annotations, dashboards or insights.");
        row("posthog_create", R"({"kind":"cohorts","body":"x"})", "posthog_create needs `body`, an object.");
        row("ask_user", "{}", "ask_user needs `question`, a text.");
        row("ask_user", R"({"question":"q","options":[{"label":"no id"},5]})", "ask_user needs `options`: a list of {id, label}, each id once.");
    }
    void failsWithASentenceTheModelCanRead()
    {
        QFETCH(QString, tool);
        QFETCH(QByteArray, input);
        QFETCH(QString, text);
        const auto output = run(tool.toStdString(), ph::Json::parse(input.toStdString()));
        QVERIFY(output.failed);
        QCOMPARE(QString::fromStdString(output.text), text);
        QCOMPARE(m_driver->queries + m_driver->creations, 0);
    }

    void saysWhyThereIsNoProject()
    {
        m_reason = ph::Error{ph::ErrorCode::NotFound, "No project is connected."};
        for (const auto &[tool, input] : std::vector<std::pair<std::string, ph::Json>>{
                 {"posthog_query", {{"hogql", "SELECT 1"}}}, {"posthog_objects", ph::Json::object()}, {"posthog_fields", {{"object", "events"}}},
                 {"posthog_create", {{"kind", "cohorts"}, {"body", ph::Json::object()}}}}) {
            const auto output = run(tool, input);
            QVERIFY(output.failed);
            QCOMPARE(output.text, std::string("No project is connected."));
        }
    }

    void listsObjectsAndFields()
    {
        QCOMPARE(run("posthog_objects", ph::Json::object()).text, std::string("- **events**: What people did (200,000)\n- **persons**: Who did it\n"));
        const auto fields = run("posthog_fields", {{"object", "events"}});
        COMPARE_JSON(fields.raw[1], {{"name", "event"}, {"type", "String"}, {"description", "What"}, {"sample", "sign|up"}});
        QVERIFY(fields.text.find("| event | String | What | sign\\|up |") != std::string::npos);
    }

    void createsAndSaysWhat()
    {
        QVERIFY(tool("posthog_create").describe(ph::Json::object(), m_context.workspace()).permission.changes);
        const auto output = run("posthog_create", {{"kind", "cohorts"}, {"body", {{"name", "Dropped"}}}});
        COMPARE_JSON(output.raw, {{"id", 7}, {"kind", "cohorts"}, {"name", "Dropped"}});
        QCOMPARE(output.text, std::string("Created in cohorts, name Dropped, id 7."));
    }

    void holdsAnExportAgainstItsManifest()
    {
        QTemporaryDir folder;
        QFile rows(folder.filePath("events.jsonl"));
        QVERIFY(rows.open(QIODevice::WriteOnly) && rows.write("{}\n{}\n") == 6);
        rows.close();
        QFile manifest(folder.filePath("events.jsonl.manifest.json"));
        QVERIFY(manifest.open(QIODevice::WriteOnly));
        manifest.write(R"({"file":"events.jsonl","rows":3,"bytes":9,"sha256":")" + QByteArray(64, '0') + R"(","days":{"2026-01-05":3},"written_by":"hoglet","request":{"kind":"events","format":"jsonl"}})");
        manifest.close();

        const auto output = run("check_export", {{"manifest", manifest.fileName().toStdString()}});
        QVERIFY(!output.failed && !tool("check_export").describe(ph::Json::object(), m_context.workspace()).permission.changes);
        QCOMPARE(output.text, std::string("events.jsonl is not the file that was exported: 6 bytes, 9 in the manifest. 2 rows, 3 in the manifest."));
        const auto table = ph::parse<posthog::Table>(output.raw);
        QVERIFY(table && table->rows.size() == 1 && table->rows[0].size() == table->columns.size());
        const auto days = std::find_if(table->columns.begin(), table->columns.end(), [](const auto &column) { return column.name == "days"; });
        QVERIFY(days != table->columns.end());
        COMPARE_JSON(table->rows[0][std::size_t(days - table->columns.begin())], ph::Json::array({{{"day", "2026-01-05"}, {"rows", 3}}}));

        QVERIFY(run("check_export", {{"manifest", folder.filePath("events.jsonl").toStdString()}}).failed);
        QVERIFY(run("check_export", ph::Json::object()).failed);
    }

    void asksWithEachIdOnce()
    {
        const auto output = run("ask_user", {{"question", "q"}, {"recommended", "b"}, {"options", {{{"id", "a"}, {"label", "A!"}}, {{"id", "a"}, {"label", "again"}}, {{"id", "b"}}}}});
        QCOMPARE(m_context.asked.front().options.size(), std::size_t(2));
        QCOMPARE(m_context.asked.front().options[1].label, std::string("b"));
        COMPARE_JSON(output.raw, {{"answer", "a"}});
        QCOMPARE(output.text, std::string("A\\!"));
    }

    void endsTheTurnOnlyWhenItIsCancelled()
    {
        m_driver->onQuery = [](const std::string &, const ph::Json &, std::stop_token) -> ph::Result<posthog::Table> { return ph::fail(ph::ErrorCode::Cancelled, "Cancelled."); };
        QVERIFY(tool("posthog_query").run({"1"}, {{"hogql", "SELECT 1"}}, m_context, {}).error().code == ph::ErrorCode::Cancelled);
        m_driver->onQuery = [](const std::string &, const ph::Json &, std::stop_token) -> ph::Result<posthog::Table> { return ph::fail(ph::ErrorCode::Network, "Not reachable."); };
        QVERIFY(run("posthog_query", {{"hogql", "SELECT 1"}}).failed);
        m_driver->onQuery = nullptr;
    }

    void cleanup()
    {
        m_driver->onQuery = nullptr;
        m_driver->queries = 0;
        m_driver->creations = 0;
        m_reason.reset();
    }

private:
    tools::Tool &tool(const std::string &name)
    {
        for (const auto &one : m_tools) {
            if (one->name() == name)
                return *one;
        }
        qFatal("no tool %s", name.c_str());
    }
    tools::Output run(const std::string &name, const ph::Json &input) { return *tool(name).run({"1"}, input, m_context, {}); }

    std::shared_ptr<support::FakeDriver> m_driver = std::make_shared<support::FakeDriver>();
    std::optional<ph::Error> m_reason;
    support::ToolContext m_context;
    std::vector<std::shared_ptr<tools::Tool>> m_tools = [this] {
        auto all = tools::makePosthogTools([this](std::stop_token) -> ph::Result<std::shared_ptr<posthog::Driver>> {
            if (m_reason)
                return ph::fail(*m_reason);
            return m_driver;
        });
        all.push_back(tools::makeAskUser());
        all.push_back(tools::makeCheckExport());
        return all;
    }();
};

QTEST_APPLESS_MAIN(ToolsTest)
#include "tools_test.moc"
