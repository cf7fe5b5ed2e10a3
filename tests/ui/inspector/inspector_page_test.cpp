#include "ui/inspector/inspector_page.h"

#include "tests/support/test_workbench.h"
#include "ui/inspector/message_detail.h"
#include "ui/inspector/wire_list.h"
#include "ui/shell/banner.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSplitter>
#include <QStackedWidget>
#include <QTemporaryDir>
#include <QtTest>

#include <condition_variable>

using acp::Direction;

namespace {

constexpr int patience = 20'000;

const std::string prompt = R"({"jsonrpc":"2.0","id":1,"method":"session/prompt","params":{"sessionId":"one","prompt":[{"text":"uses phx_abcdefghijkl"}]}})";
const std::string chunk = R"({"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"one","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"Forty two"}}}})";
const std::string prompted = R"({"jsonrpc":"2.0","id":1,"result":{"stopReason":"end_turn"}})";

/// A store that answers when it is told to.
class SlowStore : public ui::SessionStore
{
public:
    ph::Result<std::vector<ui::PastSession>> list(std::stop_token) override { return std::vector<ui::PastSession>(); }
    ph::Result<> remove(const std::string &) override { return {}; }
    ph::Result<std::vector<std::string>> lines(const std::string &, std::stop_token) override
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_answer.has_value(); });
        return *m_answer;
    }
    void answer(ph::Result<std::vector<std::string>> lines)
    {
        const std::lock_guard lock(m_mutex);
        m_answer = std::move(lines);
        m_changed.notify_all();
    }

private:
    std::mutex m_mutex; // Guards both below.
    std::optional<ph::Result<std::vector<std::string>>> m_answer;
    std::condition_variable m_changed;
};

} // namespace

class InspectorPageTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_workbench = std::make_unique<test::TestWorkbench>();
        m_logs = std::make_unique<ui::WireLogs>();
        m_store = std::make_shared<SlowStore>();
        m_page = std::make_unique<ui::InspectorPage>(*m_workbench, *m_logs, m_store);
        m_page->resize(1180, 700);
        m_page->show();
    }

    void cleanup()
    {
        m_store->answer(std::vector<std::string>());
        m_page.reset();
        m_transports.clear();
    }

    void showsLinesAsTheyPass()
    {
        QCOMPARE(emptyTitle(), QString("No agent has been started yet"));
        auto &log = connectAgent("Claude");
        QTRY_COMPARE_WITH_TIMEOUT(emptyTitle(), QString("Nothing has passed yet"), patience);

        log.add(Direction::Sent, prompt);
        log.add(Direction::Received, chunk);

        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 2, patience);
        QVERIFY(!isEmptyShown());
        QTRY_VERIFY_WITH_TIMEOUT(counts().contains("2 lines") && counts().contains("1 with problems"), patience);
    }

    void showsAMessageWithItsProblemsAndGoesToTheirPlace()
    {
        connectAgent("Claude").add(Direction::Sent, prompt);
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 1, patience);
        list().setCurrentIndex(m_page->model().index(0, 0));

        auto *problems = m_page->findChild<QListWidget *>();
        QTRY_COMPARE_WITH_TIMEOUT(problems->count(), 1, patience);
        QCOMPARE(problems->item(0)->text(), QString("params.prompt[0].type: missing"));
        QTRY_VERIFY_WITH_TIMEOUT(text().contains("\"prompt\": ["), patience);
        QVERIFY(!text().contains("phx_"));
        QVERIFY(text().contains("«redacted»"));
        problems->setCurrentRow(0);
        auto *view = m_page->findChild<QPlainTextEdit *>();
        QTRY_COMPARE_WITH_TIMEOUT(view->textCursor().blockNumber(), 7, patience); // the block of the prompt
    }

    void copiesWithoutSecrets()
    {
        connectAgent("Claude").add(Direction::Sent, prompt);
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 1, patience);
        list().setCurrentIndex(m_page->model().index(0, 0));

        QTest::keySequence(&list(), QKeySequence::Copy);

        QVERIFY(QApplication::clipboard()->text().startsWith("{\"jsonrpc\""));
        QVERIFY(!QApplication::clipboard()->text().contains("phx_"));
        QCOMPARE(m_workbench->toasts, QStringList{"Copied the line"});
    }

    void thePairOfALineIsOneKeyAway()
    {
        auto &log = connectAgent("Claude");
        for (const auto &[direction, line] : {std::pair{Direction::Sent, prompt}, {Direction::Received, chunk}, {Direction::Received, prompted}})
            log.add(direction, line);
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 3, patience);
        list().setCurrentIndex(m_page->model().index(0, 0));

        QTest::keyClick(&list(), Qt::Key_P);
        QCOMPARE(list().currentIndex().row(), 2);
        QVERIFY(m_page->model().index(0, 0).data(ui::WireModel::IsPartnerRole).toBool());
        QTest::keyClick(&list(), Qt::Key_P);
        QCOMPARE(list().currentIndex().row(), 0);

        QTest::keyClick(&list(), Qt::Key_End);
        QCOMPARE(list().currentIndex().row(), 2);
        QTest::keyClick(&list(), Qt::Key_Home);
        QTest::keyClick(&list(), Qt::Key_P, Qt::ControlModifier); // the window's own
        QCOMPARE(list().currentIndex().row(), 0);
    }

    void aReplyThatComesWhileItsRequestIsLookedAtIsOffered()
    {
        auto &log = connectAgent("Claude");
        log.add(Direction::Sent, prompt);
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 1, patience);
        list().setCurrentIndex(m_page->model().index(0, 0));
        QVERIFY(!button("Go to the reply")->isVisible());

        log.add(Direction::Received, prompted);

        QTRY_VERIFY_WITH_TIMEOUT(button("Go to the reply")->isVisible(), patience);
        m_page->findChild<QLineEdit *>()->setText("phx_abc");
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 1, patience);
        button("Go to the reply")->click(); // The list does not show it: the detail does.
        QTRY_VERIFY_WITH_TIMEOUT(text().contains("end_turn"), patience);
    }

    void filtersAndKeepsTheChosenLine()
    {
        auto &log = connectAgent("Claude");
        log.add(Direction::Sent, prompt);
        log.add(Direction::Received, chunk);
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 2, patience);
        list().setCurrentIndex(m_page->model().index(1, 0));
        auto *filter = m_page->findChild<QLineEdit *>();
        QSignalSpy changed(m_page.get(), &ui::Document::stateChanged);

        filter->setText("forty");
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 1, patience);
        QCOMPARE(list().currentIndex().row(), 0);
        QVERIFY(!changed.isEmpty());
        QCOMPARE(m_page->state(), (QJsonObject{{"filter", "forty"}}));
        QVERIFY(counts().contains("1 of 2 lines"));

        filter->setText("nothing of the kind");
        QTRY_COMPARE_WITH_TIMEOUT(emptyTitle(), QString("No line fits"), patience);
        emptyButton()->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 2, patience);
        QCOMPARE(list().currentIndex().row(), 1);
        QVERIFY(filter->text().isEmpty());
    }

    void problemsOnlySaysWhenThereAreNone()
    {
        connectAgent("Claude").add(Direction::Received, chunk);
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 1, patience);

        m_page->findChild<QCheckBox *>()->click();

        QTRY_COMPARE_WITH_TIMEOUT(emptyTitle(), QString("No problems"), patience);
        emptyButton()->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 1, patience);
    }

    void pausesAndGoesOn()
    {
        auto &log = connectAgent("Claude");
        log.add(Direction::Sent, prompt);
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 1, patience);
        auto *pause = button("Pause");
        pause->click();
        log.add(Direction::Received, chunk);
        log.add(Direction::Received, chunk);

        QTRY_COMPARE_WITH_TIMEOUT(pause->text(), QString("Go on (2 new)"), patience);
        QCOMPARE(m_page->model().rowCount(), 1);
        pause->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 3, patience);
        QCOMPARE(pause->text(), QString("Pause"));
    }

    void clears()
    {
        auto &log = connectAgent("Claude");
        log.add(Direction::Sent, prompt);
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 1, patience);

        button("Clear")->click();

        QCOMPARE(m_page->model().rowCount(), 0);
        QCOMPARE(log.size(), std::size_t(0));
        log.add(Direction::Received, chunk);
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 1, patience);
    }

    void staysAtTheEndUntilTheUserScrolls()
    {
        auto &log = connectAgent("Claude");
        for (int i = 0; i < 200; ++i)
            log.add(Direction::Received, chunk);
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 200, patience);
        auto *bar = list().verticalScrollBar();
        QTRY_VERIFY_WITH_TIMEOUT(bar->maximum() > 0 && bar->value() == bar->maximum(), patience);

        bar->setValue(10);
        log.add(Direction::Received, chunk);
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 201, patience);
        QCOMPARE(bar->value(), 10);
    }

    void followsTheNewestConnectionUnlessOneIsChosen()
    {
        auto &first = connectAgent("Claude");
        first.add(Direction::Sent, prompt);
        const auto firstId = first.id();
        connectAgent("Codex").add(Direction::Received, chunk);
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().log()->name(), QString("Codex"), patience);
        auto *choice = m_page->findChild<QComboBox *>();

        choice->setCurrentIndex(choice->findData(firstId));
        emit choice->activated(choice->currentIndex());
        QCOMPARE(m_page->model().log()->name(), QString("Claude"));
        QCOMPARE(m_page->state(), (QJsonObject{{"connection", firstId}}));
        connectAgent("Gemini");
        QCOMPARE(m_page->model().log()->name(), QString("Claude"));

        m_page->restore({{"connection", "of another run"}});
        QCOMPARE(m_page->model().log()->name(), QString("Gemini"));
        QVERIFY(ui::InspectorPage::identity({}) != ui::InspectorPage::identity({{"connection", firstId}}));
        QVERIFY(ui::InspectorPage::identity({{"runId", "a"}}) != ui::InspectorPage::identity({{"runId", "b"}}));
    }

    void readsAPastSession()
    {
        m_page->restore({{"runId", "run-1"}, {"title", "Funnel"}});
        QCOMPARE(emptyTitle(), QString("Reading the session's log"));
        QCOMPARE(m_page->title(), QString("Messages: Funnel"));
        QVERIFY(!button("Pause")->isVisible());

        m_store->answer(std::vector<std::string>{prompt, chunk, prompted});

        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 3, patience);
        QCOMPARE(m_page->model().partnerOf(1), std::uint64_t(3));
        QCOMPARE(m_page->state(), (QJsonObject{{"runId", "run-1"}, {"title", "Funnel"}}));
        connectAgent("Claude"); // does not take the page over
        QCOMPARE(m_page->model().rowCount(), 3);
    }

    void saysWhyASessionCouldNotBeReadAndTriesAgain()
    {
        m_store->answer(ph::fail(ph::ErrorCode::NotFound, "There is no session run-1."));
        m_page->restore({{"runId", "run-1"}});
        QTRY_COMPARE_WITH_TIMEOUT(emptyTitle(), QString("The session could not be read"), patience);

        m_store->answer(std::vector<std::string>{prompt});
        emptyButton()->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 1, patience);
    }

    void exportsWhatIsShownOrAll()
    {
        auto &log = connectAgent("Claude");
        log.add(Direction::Sent, prompt);
        log.add(Direction::Received, chunk);
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 2, patience);
        m_page->findChild<QLineEdit *>()->setText("forty");
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 1, patience);
        QTemporaryDir folder;

        m_page->exportTo(folder.filePath("shown.ndjson"), true);
        QTRY_VERIFY_WITH_TIMEOUT(m_workbench->toasts.contains("Wrote 1 lines to shown.ndjson"), patience);
        m_page->exportTo(folder.filePath("all.ndjson"), false);
        QTRY_VERIFY_WITH_TIMEOUT(m_workbench->toasts.contains("Wrote 2 lines to all.ndjson"), patience);

        QFile all(folder.filePath("all.ndjson"));
        QVERIFY(all.open(QIODevice::ReadOnly));
        const auto content = all.readAll();
        QCOMPARE(content.count('\n'), 2);
        QVERIFY(content.contains("\"direction\":\"sent\""));
        QVERIFY(!content.contains("phx_"));

        m_page->exportTo(folder.filePath("no/folder/x.ndjson"), true);
        auto *banner = m_page->findChild<ui::Banner *>();
        QTRY_VERIFY_WITH_TIMEOUT(banner->text().contains("x.ndjson"), patience);
    }

    void theKeyboardReachesEverything()
    {
        connectAgent("Claude").add(Direction::Sent, prompt);
        QTRY_COMPARE_WITH_TIMEOUT(m_page->model().rowCount(), 1, patience);
        m_page->activateWindow();
        m_page->setFocus();
        QTRY_VERIFY_WITH_TIMEOUT(list().hasFocus(), patience);

        QTest::keySequence(&list(), QKeySequence::Find);
        auto *filter = m_page->findChild<QLineEdit *>();
        QVERIFY(filter->hasFocus());
        QTest::keyClick(filter, Qt::Key_Return);
        QVERIFY(list().hasFocus());
        QCOMPARE(list().currentIndex().row(), 0);
        QTest::keyClick(&list(), Qt::Key_Return);
        QVERIFY(m_page->findChild<QPlainTextEdit *>()->hasFocus());
        for (auto *widget : m_page->findChildren<QWidget *>()) {
            const bool speaksForItself = qobject_cast<QPushButton *>(widget) || qobject_cast<QCheckBox *>(widget);
            if (widget->isVisibleTo(m_page.get()) && widget->focusPolicy() & Qt::TabFocus && !speaksForItself && !qobject_cast<QSplitter *>(widget))
                QVERIFY2(!widget->accessibleName().isEmpty(), widget->metaObject()->className());
        }
    }

private:
    /// The log of a new agent, which lives until the end of the test.
    ui::WireLog &connectAgent(const QString &name)
    {
        m_transports.push_back(m_logs->tap(name, acp::makePipe().first));
        return *m_logs->all().back();
    }

    ui::WireList &list() { return *m_page->findChild<ui::WireList *>(); }
    QString text() { return m_page->findChild<QPlainTextEdit *>()->toPlainText(); }
    QString counts() { return m_page->findChildren<QLabel *>(QString(), Qt::FindDirectChildrenOnly).last()->text(); }
    ui::EmptyState *empty() { return m_page->findChild<QStackedWidget *>()->findChild<ui::EmptyState *>(QString(), Qt::FindDirectChildrenOnly); }
    bool isEmptyShown() { return m_page->findChild<QStackedWidget *>()->currentWidget() == empty(); }
    QString emptyTitle()
    {
        for (auto *label : empty()->findChildren<QLabel *>()) {
            if (label->property("role") == "heading" || label->property("role") == "title")
                return label->text();
        }
        return {};
    }
    QPushButton *emptyButton() { return empty()->findChild<QPushButton *>(); }
    QPushButton *button(const QString &text)
    {
        for (auto *one : m_page->findChildren<QPushButton *>()) {
            if (one->text() == text)
                return one;
        }
        return nullptr;
    }

    std::unique_ptr<test::TestWorkbench> m_workbench;
    std::unique_ptr<ui::WireLogs> m_logs;
    std::shared_ptr<SlowStore> m_store;
    std::unique_ptr<ui::InspectorPage> m_page;
    std::vector<std::unique_ptr<acp::Transport>> m_transports;
};

QTEST_MAIN(InspectorPageTest)
#include "inspector_page_test.moc"
