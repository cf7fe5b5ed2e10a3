#include "agent/permissions/policy.h"

#include <QTest>

using permissions::Decision;

class PolicyTest : public QObject
{
    Q_OBJECT

private slots:
    void decidesByModeAndKind_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<bool>("changes");
        QTest::addColumn<QList<int>>("decisions"); // default, acceptEdits, plan, bypassPermissions
        const auto row = [](const char *kind, bool changes, Decision byDefault, Decision acceptEdits, Decision plan, Decision bypass) {
            QTest::addRow("%s%s", kind, changes ? " that changes" : "") << kind << changes << QList<int>{int(byDefault), int(acceptEdits), int(plan), int(bypass)};
        };
        for (const char *kind : {"read", "search", "think", "fetch", "other", "switch_mode", "a kind to come"})
            row(kind, false, Decision::Allow, Decision::Allow, Decision::Allow, Decision::Allow);
        for (const char *kind : {"read", "search", "think", "fetch", "other", "a kind to come", "delete", "move", "execute"})
            row(kind, true, Decision::Ask, Decision::Ask, Decision::Refuse, Decision::Allow);
        for (const char *kind : {"delete", "move", "execute"})
            row(kind, false, Decision::Ask, Decision::Ask, Decision::Refuse, Decision::Allow);
        row("edit", false, Decision::Ask, Decision::Allow, Decision::Refuse, Decision::Allow);
        row("edit", true, Decision::Ask, Decision::Allow, Decision::Refuse, Decision::Allow);
    }
    void decidesByModeAndKind()
    {
        QFETCH(QString, kind);
        QFETCH(bool, changes);
        QFETCH(QList<int>, decisions);
        QList<int> found;
        for (const auto &info : permissions::modes())
            found << int(permissions::decide(info.mode, kind.toStdString(), changes));
        QCOMPARE(found, decisions);
    }

    void knowsItsModesByName()
    {
        QStringList ids;
        for (const auto &info : permissions::modes()) {
            ids << QString::fromStdString(info.id);
            QVERIFY(permissions::modeOf(info.id) == info.mode);
            QCOMPARE(permissions::idOf(info.mode), info.id);
        }
        QCOMPARE(ids, (QStringList{"default", "acceptEdits", "plan", "bypassPermissions"}));
        for (const char *unknown : {"", "Default", "yolo", "plan "})
            QVERIFY(!permissions::modeOf(unknown));
    }
};

QTEST_APPLESS_MAIN(PolicyTest)
#include "policy_test.moc"
