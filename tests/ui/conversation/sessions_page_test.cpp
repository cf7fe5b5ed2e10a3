#include "tests/support/window_fakes.h"
#include "ui/conversation/sessions_page.h"
#include "ui/shell/banner.h"
#include "ui/shell/main_window.h"

#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest>

namespace {

std::vector<ui::PastSession> threeSessions()
{
    return {{"a", "Fix the sign-up form", "2026-03-03T00:00:00.000Z", "", false, "codex", "Codex", "/src/shop"},
            {"b", "Funnel: sign-up", "2026-03-02T00:00:00.000Z", "funnel", true, "", "Hoglet", ""},
            {"c", "Weekly numbers", "2026-03-01T00:00:00.000Z", "", false, "", "Hoglet", "/home/ana"}};
}

QStringList titlesIn(const QAbstractItemModel &model)
{
    QStringList titles;
    for (int row = 0; row < model.rowCount(); ++row)
        titles << model.index(row, 0).data().toString();
    return titles;
}

} // namespace

/// The list of sessions: what it shows, and what the user says of them.
class SessionsPageTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void isFilteredByTitleAgentAndFolder()
    {
        ui::SessionMarks marks(file());
        ui::PastSessionModel model(marks);
        QAbstractItemModelTester tester(&model);
        model.setSessions(threeSessions());

        model.setFilter("weekly");
        QCOMPARE(titlesIn(model), QStringList{"Weekly numbers"});
        model.setFilter("codex shop");
        QCOMPARE(titlesIn(model), QStringList{"Fix the sign-up form"});
        model.setFilter("");
        QCOMPARE(model.rowCount(), 3);
    }

    void pinnedOnesStandFirstAndArchivedOnesApart()
    {
        ui::SessionMarks marks(file());
        ui::PastSessionModel model(marks);
        QAbstractItemModelTester tester(&model);
        model.setSessions(threeSessions());

        marks.setPinned("c", true);
        marks.setArchived("b", true);
        QCOMPARE(titlesIn(model), (QStringList{"Weekly numbers", "Fix the sign-up form"}));
        model.setArchived(true);
        QCOMPARE(titlesIn(model), QStringList{"Funnel: sign-up"});
        marks.setArchived("b", false);
        QCOMPARE(model.rowCount(), 0);
    }

    void aNameIsGivenAndTakenBack()
    {
        ui::SessionMarks marks(file());
        ui::PastSessionModel model(marks);
        model.setSessions(threeSessions());

        QVERIFY(model.setData(model.index(0), "  The   form  "));
        QCOMPARE(model.index(0).data().toString(), QString("The form"));
        QVERIFY(model.setData(model.index(0), ""));
        QCOMPARE(model.index(0).data().toString(), QString("Fix the sign-up form"));
        QVERIFY(!model.setData(model.index(0), "Fix the sign-up form"));
    }

    void whatHappenedSinceItWasSeenIsUnread()
    {
        ui::SessionMarks marks(file());
        ui::PastSession session{"a", "A", "2000-01-01T00:00:00.000Z", "", false, "", "", ""};

        QVERIFY(!marks.isUnread(session)); // from before there were marks
        session.updatedAt = "2999-01-01T00:00:00.000Z";
        QVERIFY(marks.isUnread(session));
        session.updatedAt = QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs).toStdString();
        marks.setSeen("a");
        QVERIFY(!marks.isUnread(session));
    }

    void marksOutliveTheProgram()
    {
        {
            ui::SessionMarks marks(file());
            marks.rename("a", "Mine");
            marks.setPinned("a", true);
            marks.setArchived("b", true);
            marks.setSeen("c");
            marks.setPinned("d", true);
            marks.forget("d");
        }
        ui::SessionMarks marks(file());

        QCOMPARE(marks.of("a"), (ui::SessionMark{"Mine", true, false, {}}));
        QVERIFY(marks.of("b").isArchived);
        QVERIFY(marks.of("c").seenAt.isValid());
        QCOMPARE(marks.of("d"), ui::SessionMark{});
    }

    void deletionIsAskedAboutAndLeavesNothing()
    {
        ui::MainWindow window(m_folder->path());
        ui::SessionMarks marks(file());
        marks.setPinned("a", true);
        auto store = std::make_shared<FakeSessionStore>();
        store->sessions = threeSessions();
        QStringList left;
        ui::SessionsPage page(window.workbench(), store, marks, [&](const QString &runId) { left << runId; });
        page.resize(800, 500);
        page.show();
        auto *list = page.findChild<QListView *>();
        QTRY_COMPARE(list->model()->rowCount(), 3);
        list->setFocus();
        list->setCurrentIndex(list->model()->index(0, 0));

        QTest::keyClick(list, Qt::Key_Delete);
        auto *banner = page.findChild<ui::Banner *>();
        QVERIFY2(banner->text().contains("Fix the sign-up form"), qPrintable(banner->text()));
        QCOMPARE(store->sessions.size(), size_t(3));
        banner->findChild<QPushButton *>()->click();

        QTRY_COMPARE(list->model()->rowCount(), 2);
        QCOMPARE(left, QStringList{"a"});
        QCOMPARE(marks.of("a"), ui::SessionMark{});
    }

    void aListThatCannotBeReadSaysSo()
    {
        ui::MainWindow window(m_folder->path());
        ui::SessionMarks marks(file());
        auto store = std::make_shared<FakeSessionStore>();
        store->error = ph::Error{ph::ErrorCode::Internal, "The disk is gone."};
        ui::SessionsPage page(window.workbench(), store, marks, [](const QString &) {});
        page.show();

        QTRY_VERIFY(page.findChild<ui::Banner *>()->text().contains("The disk is gone."));
    }

private:
    QString file() const { return m_folder->filePath("sessions.json"); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_MAIN(SessionsPageTest)
#include "sessions_page_test.moc"
