#include "agent/external/agent_list.h"
#include "driver/base/atomic_file.h"

#include <QTemporaryDir>
#include <QTest>

class AgentListTest : public QObject
{
    Q_OBJECT

private slots:
    void comesBackAsItWasSaved()
    {
        const external::AgentList list{{"claude"}, {"codex"}, {{"goose", "Goose", "goose", {"acp"}, {"TOKEN"}}}};

        QVERIFY(list.save(file()));

        QCOMPARE(*external::AgentList::load(file()), list);
    }
    void isEmptyWithoutAFile() { QCOMPARE(*external::AgentList::load(file() + "-none"), external::AgentList{}); }
    void namesTheFileThatDoesNotRead()
    {
        QVERIFY(ph::writeFileAtomically(file(), R"({"used": 7})"));

        const auto list = external::AgentList::load(file());

        QVERIFY(!list);
        QCOMPARE(list.error().code, ph::ErrorCode::InvalidInput);
        QVERIFY(list.error().message.starts_with(file()));
    }
    void givesEachNameAnIdOfItsOwn()
    {
        external::AgentList list;
        QCOMPARE(external::freshId(list, "My agent!"), std::string("my-agent"));
        list.custom.push_back({"my-agent", "", "", {}, {}});
        QCOMPARE(external::freshId(list, "My  agent"), std::string("my-agent-2"));
        QCOMPARE(external::freshId(list, "Codex"), std::string("codex-2"));
        QCOMPARE(external::freshId(list, "Hoglet"), std::string("hoglet-2"));
        QCOMPARE(external::freshId(list, "\xe2\x98\x83"), std::string("agent"));
    }

private:
    std::string file() const { return m_folder.filePath("agents.json").toStdString(); }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(AgentListTest)
#include "agent_list_test.moc"
