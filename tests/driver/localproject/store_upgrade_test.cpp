#include "driver/localproject/layout.h"
#include "driver/localproject/store.h"

#include <QTemporaryDir>
#include <QTest>

using localproject::Store;
using ph::Json;

/// A store as version 1 wrote it becomes one of today when it is opened, with all that is in it.
class StoreUpgradeTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void bringsAStoreOfVersionOneUpToDate_data();
    void bringsAStoreOfVersionOneUpToDate();
    void upgradesOnce();
    void leavesAStoreThatItCannotUpgradeAsItIs();

private:
    std::filesystem::path path() const { return m_dir->filePath("project.duckdb").toStdString(); }
    /// Makes the file; `more` is run in it last.
    void makeVersionOne(const std::string &more);
    static std::string rows(const Store &store, const std::string &sql)
    {
        const auto answer = store.query(sql);
        return answer ? Json(answer->rows).dump() : answer.error().message;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
};

void StoreUpgradeTest::makeVersionOne(const std::string &more)
{
    const auto store = Store::create(path());
    QVERIFY(store);
    // The tables that version 1 had otherwise, as it made them; what came later is not there.
    const std::string sql = R"sql(
        DROP TABLE made_columns;
        DROP TABLE query_log;
        DROP TABLE events;
        CREATE TABLE events (
            uuid UUID, event VARCHAR, timestamp TIMESTAMP, created_at TIMESTAMP, distinct_id VARCHAR, person_id UUID,
            session_id VARCHAR, window_id VARCHAR, group_0 VARCHAR, person_mode VARCHAR, elements_chain VARCHAR,
            properties VARCHAR USING COMPRESSION zstd, mat_browser VARCHAR, mat_os VARCHAR, mat_device_type VARCHAR, mat_pathname VARCHAR, mat_current_url VARCHAR, mat_host VARCHAR,
            mat_referring_domain VARCHAR, mat_country VARCHAR, mat_release VARCHAR, mat_lib VARCHAR);
        UPDATE meta SET value = '1' WHERE key = 'version';
        INSERT INTO events (uuid, event, timestamp, created_at, distinct_id, person_id, group_0, properties, mat_browser) VALUES
            ('00000000-0000-7000-8000-000000000001', 'seen', '2026-01-30 10:00:00', '2026-01-30 10:00:01', 'ann', 'aaaaaaaa-0000-4000-8000-000000000001', 'acme', '{"$browser":"Safari"}', 'Safari');
        INSERT INTO objects VALUES ('cohorts', 7, '{"name":"Mine"}', '2026-01-01');
    )sql";
    const auto made = store->execute(sql + more);
    QVERIFY2(made, made ? "" : made.error().message.c_str());
}

void StoreUpgradeTest::bringsAStoreOfVersionOneUpToDate_data()
{
    QTest::addColumn<QString>("meta");
    QTest::addColumn<QString>("groupTypes");
    QTest::newRow("the demo has accounts") << "INSERT INTO meta VALUES ('seed', '1')" << R"([["account"]])";
    QTest::newRow("imported events have no types of groups") << "INSERT INTO meta VALUES ('generator', 'import')" << "[]";
}

void StoreUpgradeTest::bringsAStoreOfVersionOneUpToDate()
{
    QFETCH(QString, meta);
    QFETCH(QString, groupTypes);
    makeVersionOne(meta.toStdString());

    const auto store = Store::open(path());

    QVERIFY2(store, store ? "" : store.error().message.c_str());
    QCOMPARE(store->meta("version").value_or(""), std::to_string(localproject::storeVersion));
    QCOMPARE(rows(*store, "SELECT event, distinct_id, group_0, group_4, person_properties, mat_browser FROM events"),
             std::string(R"([["seen","ann","acme",null,null,"Safari"]])"));
    const std::string cohorts = R"([[7,"{\"name\":\"Mine\"}"]])"; // moc cannot read this text within a macro
    QCOMPARE(rows(*store, "SELECT id, body FROM objects WHERE kind = 'cohorts'"), cohorts);
    QCOMPARE(rows(*store, "SELECT json_extract_string(body, '$.group_type') FROM objects WHERE kind = 'groups_types'"), groupTypes.toStdString());
    QCOMPARE(rows(*store, "SELECT count(*) FROM query_log"), std::string("[[0]]"));
    // The columns stand where a new store has them: rows are added by their place.
    const auto fresh = Store::create({});
    QVERIFY(fresh);
    const std::string columns = "SELECT column_name FROM information_schema.columns WHERE table_name = 'events' ORDER BY ordinal_position";
    QCOMPARE(rows(*store, columns), rows(*fresh, columns));
}

void StoreUpgradeTest::upgradesOnce()
{
    makeVersionOne("INSERT INTO meta VALUES ('seed', '1')");
    for (int i = 0; i < 2; ++i)
        QVERIFY(Store::open(path()));

    const auto store = Store::open(path());

    QVERIFY(store);
    QCOMPARE(rows(*store, "SELECT count(*) FROM objects WHERE kind = 'groups_types'"), std::string("[[1]]"));
    QCOMPARE(rows(*store, "SELECT count(*) FROM events"), std::string("[[1]]"));
}

void StoreUpgradeTest::leavesAStoreThatItCannotUpgradeAsItIs()
{
    makeVersionOne("DROP TABLE objects; INSERT INTO meta VALUES ('seed', '1')");

    const auto refused = Store::open(path());

    QVERIFY(!refused);
    {
        const auto other = Store::create(m_dir->filePath("other.duckdb").toStdString(), {.externalAccess = true});
        QVERIFY(other);
        QVERIFY(other->execute("ATTACH '" + path().string() + "' AS old (READ_ONLY)"));
        QCOMPARE(rows(*other, "SELECT value FROM old.meta WHERE key = 'version'"), std::string(R"([["1"]])"));
        QCOMPARE(rows(*other, "SELECT count(*) FROM information_schema.columns WHERE table_catalog = 'old' AND table_name = 'events' AND column_name = 'group_1'"),
                 std::string("[[0]]"));
    }
}

QTEST_APPLESS_MAIN(StoreUpgradeTest)
#include "store_upgrade_test.moc"
