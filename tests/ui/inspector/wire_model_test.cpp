#include "ui/inspector/wire_model.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QtTest>

Q_DECLARE_METATYPE(ui::WireFilter)

using acp::Direction;
using ui::WireModel;
using namespace std::chrono_literals;
using Kinds = ui::WireFilter::Kinds;

namespace {

constexpr int patience = 20'000;

const std::string prompt = R"({"jsonrpc":"2.0","id":1,"method":"session/prompt","params":{"sessionId":"one","prompt":[{"type":"text","text":"How many users?"}]}})";
const std::string chunk = R"({"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"one","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"Forty Two"}}}})";
const std::string permission = R"({"jsonrpc":"2.0","id":1,"method":"session/request_permission","params":{"sessionId":"two","toolCall":{"toolCallId":"t"},"options":[]}})";
const std::string permitted = R"({"jsonrpc":"2.0","id":1,"result":{"outcome":{"outcome":"cancelled"}}})";
const std::string prompted = R"({"jsonrpc":"2.0","id":1,"result":{"stopReason":"end_turn"}})";
const std::string failed = R"({"jsonrpc":"2.0","id":9,"error":{"code":-32000,"message":"Log in first."}})";
const std::string damaged = R"({"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"one"}})";

const std::chrono::system_clock::time_point start{1'767'225'600s};

/// A conversation with a line of each kind, 10 ms apart.
std::shared_ptr<ui::WireLog> conversation()
{
    auto log = std::make_shared<ui::WireLog>("1", "agent");
    auto time = start;
    for (const auto &[direction, text] : std::vector<std::pair<Direction, std::string>>{{Direction::Sent, prompt},
                                                                                        {Direction::Received, chunk},
                                                                                        {Direction::Received, permission},
                                                                                        {Direction::Sent, permitted},
                                                                                        {Direction::Received, prompted},
                                                                                        {Direction::Received, failed},
                                                                                        {Direction::Received, damaged},
                                                                                        {Direction::Received, "npm warn"}}) {
        log->add({0, time, direction, text});
        time += 10ms;
    }
    return log;
}

QString cell(const WireModel &model, int row, int column) { return model.index(row, column).data().toString(); }

QList<int> shownNumbers(const WireModel &model)
{
    QList<int> numbers;
    for (int row = 0; row < model.rowCount(); ++row)
        numbers << int(model.numberAt(row));
    return numbers;
}

} // namespace

class WireModelTest : public QObject
{
    Q_OBJECT

private slots:
    void showsTheLinesOfALog()
    {
        WireModel model;
        QAbstractItemModelTester tester(&model);
        model.setLog(conversation());
        QVERIFY(!model.poll());

        QCOMPARE(model.rowCount(), 8);
        QCOMPARE(cell(model, 0, WireModel::DirectionColumn), QString("→"));
        QCOMPARE(cell(model, 0, WireModel::KindColumn), QString("request"));
        QCOMPARE(cell(model, 0, WireModel::MethodColumn), QString("session/prompt"));
        QCOMPARE(cell(model, 0, WireModel::SessionColumn), QString("one"));
        QCOMPARE(cell(model, 0, WireModel::SummaryColumn), QString("How many users?"));
        QCOMPARE(cell(model, 1, WireModel::KindColumn), QString("notification"));
        QCOMPARE(cell(model, 1, WireModel::SummaryColumn), QString("agent_message_chunk · Forty Two"));
        QCOMPARE(cell(model, 5, WireModel::KindColumn), QString("error"));
        QCOMPARE(cell(model, 7, WireModel::KindColumn), QString("invalid"));
        QCOMPARE(cell(model, 7, WireModel::SizeColumn), QString("8 bytes"));
        QCOMPARE(model.sessions(), (std::set<std::string>{"one", "two"}));
    }

    void pairsRepliesWithRequestsOfTheOtherSide()
    {
        WireModel model;
        QAbstractItemModelTester tester(&model);
        model.setLog(conversation());
        model.poll();

        QCOMPARE(model.partnerOf(1), std::uint64_t(5)); // Both requests have the id 1.
        QCOMPARE(model.partnerOf(5), std::uint64_t(1));
        QCOMPARE(model.partnerOf(3), std::uint64_t(4));
        QCOMPARE(model.partnerOf(6), std::uint64_t(0));
        QCOMPARE(cell(model, 4, WireModel::MethodColumn), QString("session/prompt"));
        QCOMPARE(cell(model, 4, WireModel::TookColumn), QString("40 ms"));
        QCOMPARE(cell(model, 3, WireModel::SessionColumn), QString("two"));
        QCOMPARE(cell(model, 0, WireModel::TookColumn), QString());
    }

    void aRequestWaitsUntilItsReplyComes()
    {
        auto log = std::make_shared<ui::WireLog>("1", "agent");
        log->add(Direction::Sent, prompt);
        WireModel model;
        QAbstractItemModelTester tester(&model);
        model.setLog(log);
        model.poll();
        QCOMPARE(cell(model, 0, WireModel::TookColumn), QString("…"));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);

        log->add(Direction::Received, prompted);
        model.poll();

        QCOMPARE(cell(model, 0, WireModel::TookColumn), QString());
        QVERIFY(!changed.isEmpty());
        QVERIFY(cell(model, 1, WireModel::TookColumn).endsWith("ms"));
    }

    void marksThePartnerOfTheSelectedLine()
    {
        WireModel model;
        model.setLog(conversation());
        model.poll();

        model.select(5);
        QVERIFY(model.index(0, 0).data(WireModel::IsPartnerRole).toBool());
        model.select(3);
        QVERIFY(!model.index(0, 0).data(WireModel::IsPartnerRole).toBool());
        QVERIFY(model.index(3, 0).data(WireModel::IsPartnerRole).toBool());
    }

    void filters_data()
    {
        QTest::addColumn<ui::WireFilter>("filter");
        QTest::addColumn<QList<int>>("numbers");
        QTest::newRow("nothing set") << ui::WireFilter{} << QList<int>{1, 2, 3, 4, 5, 6, 7, 8};
        QTest::newRow("content in either case") << ui::WireFilter{"forty"} << QList<int>{2};
        QTest::newRow("words in any order") << ui::WireFilter{"users prompt"} << QList<int>{1};
        QTest::newRow("method of a reply") << ui::WireFilter{"session/prompt"} << QList<int>{1, 5};
        QTest::newRow("beginnings of a method") << ui::WireFilter{"sreq"} << QList<int>{3, 4};
        QTest::newRow("letters from anywhere are not enough") << ui::WireFilter{"sip"} << QList<int>{};
        QTest::newRow("requests") << ui::WireFilter{{}, Kinds::Requests} << QList<int>{1, 3};
        QTest::newRow("replies") << ui::WireFilter{{}, Kinds::Replies} << QList<int>{4, 5, 6};
        QTest::newRow("errors and what is no message") << ui::WireFilter{{}, Kinds::Errors} << QList<int>{6, 8};
        QTest::newRow("direction") << ui::WireFilter{{}, Kinds::All, Direction::Sent} << QList<int>{1, 4};
        QTest::newRow("session") << ui::WireFilter{{}, Kinds::All, {}, "two"} << QList<int>{3, 4};
        QTest::newRow("problems") << ui::WireFilter{{}, Kinds::All, {}, {}, true} << QList<int>{6, 7, 8};
        QTest::newRow("several") << ui::WireFilter{"cancelled", Kinds::Replies, Direction::Sent, "two"} << QList<int>{4};
    }

    void filters()
    {
        QFETCH(ui::WireFilter, filter);
        QFETCH(QList<int>, numbers);
        WireModel before;
        QAbstractItemModelTester beforeTester(&before);
        before.setFilter(filter);
        before.setLog(conversation());
        before.poll();
        WireModel after;
        QAbstractItemModelTester afterTester(&after);
        after.setLog(conversation());
        after.poll();
        after.setFilter(filter);

        // The same whether the filter or the lines come first.
        QTRY_COMPARE_WITH_TIMEOUT(shownNumbers(before), numbers, patience);
        QTRY_COMPARE_WITH_TIMEOUT(shownNumbers(after), numbers, patience);
    }

    void appliesTheFilterToWhatComesLater()
    {
        auto log = conversation();
        WireModel model;
        QAbstractItemModelTester tester(&model);
        model.setLog(log);
        model.poll();
        model.setFilter({"forty"});
        log->add(Direction::Received, chunk);
        model.poll(); // while the filtering may still run
        log->add(Direction::Received, permission);
        model.poll();

        QTRY_COMPARE_WITH_TIMEOUT(shownNumbers(model), (QList<int>{2, 9}), patience);
    }

    void saysWhatTheSchemaSays()
    {
        WireModel model;
        QAbstractItemModelTester tester(&model);
        model.setLog(conversation());
        model.poll();

        QTRY_VERIFY_WITH_TIMEOUT(!model.isChecking(), patience);
        QCOMPARE(model.problemCount(), std::size_t(2));
        QCOMPARE(acp::describe(model.findings(7).at(0)), std::string("params.update: missing"));
        QCOMPARE(model.index(6, 0).data(WireModel::SeverityRole).toInt(), int(WireModel::Problem));
        QVERIFY(model.findings(1).empty());
        QCOMPARE(model.index(0, 0).data(WireModel::SeverityRole).toInt(), int(WireModel::Fine));
    }

    void linesThatTheLogDropsGoFromTheTable()
    {
        auto log = std::make_shared<ui::WireLog>("1", "agent", ui::WireLog::Limits{5, 100'000});
        WireModel model;
        QAbstractItemModelTester tester(&model);
        model.setLog(log);
        for (int i = 0; i < 4; ++i)
            log->add(Direction::Received, i == 0 ? damaged : chunk);
        log->add(Direction::Sent, prompt);
        model.poll();
        QTRY_COMPARE_WITH_TIMEOUT(model.problemCount(), std::size_t(1), patience);

        log->add(Direction::Received, chunk);
        model.poll();
        QCOMPARE(shownNumbers(model), (QList<int>{2, 3, 4, 5, 6}));
        QCOMPARE(model.problemCount(), std::size_t(0));

        for (int i = 0; i < 50; ++i)
            log->add(Direction::Received, chunk);
        model.poll();
        QCOMPARE(shownNumbers(model), (QList<int>{52, 53, 54, 55, 56}));
        log->add(Direction::Received, prompted); // Its request is gone.
        model.poll();
        QCOMPARE(model.partnerOf(57), std::uint64_t(0));
        QTRY_VERIFY_WITH_TIMEOUT(!model.isChecking(), patience);
    }

    void linesThatGoWhileAFilterRunsAreNotShown()
    {
        auto log = std::make_shared<ui::WireLog>("1", "agent", ui::WireLog::Limits{100, 1'000'000});
        WireModel model;
        QAbstractItemModelTester tester(&model);
        model.setLog(log);
        for (int i = 0; i < 100; ++i)
            log->add(Direction::Received, chunk);
        model.poll();

        model.setFilter({"forty"});
        for (int i = 0; i < 60; ++i)
            log->add(Direction::Received, chunk);
        model.poll();

        QTRY_VERIFY_WITH_TIMEOUT(!model.isFiltering(), patience);
        QCOMPARE(model.rowCount(), 100);
        QCOMPARE(model.numberAt(0), std::uint64_t(61));
    }

    void startsAgainWithAClearedLog()
    {
        auto log = conversation();
        WireModel model;
        QAbstractItemModelTester tester(&model);
        model.setLog(log);
        model.poll();

        log->clear();
        model.setLog(log);
        model.poll();
        QCOMPARE(model.rowCount(), 0);
        log->add(Direction::Received, damaged);
        model.poll();
        QCOMPARE(shownNumbers(model), QList<int>{9});
        QTRY_COMPARE_WITH_TIMEOUT(model.problemCount(), std::size_t(1), patience);
    }

    void takesAndFiltersALongLogWithoutHoldingUpTheWindow()
    {
        auto log = std::make_shared<ui::WireLog>("1", "agent");
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 20'000; ++i)
            log->add(Direction::Received, i % 100 == 0 ? damaged : chunk);
        const auto added = timer.nsecsElapsed();
        WireModel model;
        model.setLog(log);
        timer.restart();
        qint64 longest = 0;
        for (bool more = true; more;) {
            QElapsedTimer one;
            one.start();
            more = model.poll();
            longest = std::max(longest, one.elapsed());
        }
        const auto taken = timer.elapsed();
        QCOMPARE(model.rowCount(), 20'000);

        timer.restart();
        model.setFilter({"sessionid forty"});
        const auto asked = timer.elapsed();
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 19'800, patience);
        const auto filtered = timer.elapsed();
        QTRY_VERIFY_WITH_TIMEOUT(!model.isChecking(), 120'000);
        const auto checked = timer.elapsed();

        qInfo("20,000 lines: added %lld ns a line, taken in %lld ms (at most %lld ms at once), filtered in %lld ms (%lld ms in the window), checked in %lld ms",
              added / 20'000, taken, longest, filtered, asked, checked);
        QCOMPARE(model.problemCount(), std::size_t(200));
        QVERIFY(asked < 1'000); // Filtering runs elsewhere.
    }
};

QTEST_GUILESS_MAIN(WireModelTest)
#include "wire_model_test.moc"
