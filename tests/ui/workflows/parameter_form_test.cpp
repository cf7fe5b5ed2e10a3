#include "ui/workflows/parameter_form.h"

#include "tests/support/fake_runs.h"
#include "ui/workflows/list_editor.h"

#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace ui;

namespace {

const std::vector<workflow::Parameter> &parameters()
{
    static const test::FakeRuns runs;
    return runs.definitions().front().parameters;
}

} // namespace

class ParameterFormTest : public QObject
{
    Q_OBJECT

private slots:
    void defaultsAreThere()
    {
        ParameterForm form;
        form.setParameters(parameters(), ph::Json::object(), nullptr);

        QVERIFY(form.values() == ph::Json::parse(R"({"steps": [{"event": "$pageview", "pathname": "/", "label": "Home page"}, {"event": "signed_up"}],
                                                     "window": 14, "from": "2026-10-21", "unit": "persons"})"));
    }

    void givenValuesComeBeforeDefaults()
    {
        ParameterForm form;
        form.setParameters(parameters(), {{"window", 7}, {"unit", "accounts"}}, nullptr);

        QCOMPARE(form.text("window"), "7");
        QCOMPARE(form.text("unit"), "accounts");
    }

    void mistakesAreSaidUnderTheirField_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("text");
        QTest::newRow("no number") << "window" << "two weeks";
        QTest::newRow("empty") << "window" << "  ";
        QTest::newRow("too many") << "window" << "91";
        QTest::newRow("none") << "window" << "0";
        QTest::newRow("no date") << "from" << "yesterday";
        QTest::newRow("one step alone") << "steps" << R"([{"event": "signed_up"}])";
        QTest::newRow("a step without its event") << "steps" << R"([{"label": "x"}, {"event": "signed_up"}])";
    }
    void mistakesAreSaidUnderTheirField()
    {
        QFETCH(QString, name);
        QFETCH(QString, text);
        ParameterForm form;
        form.setParameters(parameters(), ph::Json::object(), nullptr);

        form.setText(name.toStdString(), text);

        QVERIFY(!form.values());
        QVERIFY(!form.problem(name.toStdString()).isEmpty());
        form.setText(name.toStdString(), name == "window" ? "30" : name == "from" ? "2026-11-01" : R"([{"event": "a"}, {"event": "b"}])");
        QVERIFY(form.problem(name.toStdString()).isEmpty()); // gone with the first key
        QVERIFY(form.values());
    }

    void theProjectGivesChoices()
    {
        ParameterForm form;
        QSignalSpy loaded(&form, &ParameterForm::loaded);
        form.setParameters(parameters(), ph::Json::object(), test::sampleProject());
        QVERIFY(form.isLoading());

        QVERIFY(loaded.wait(5'000));

        auto *event = qobject_cast<QComboBox *>(form.list("steps")->editor(1, 0));
        QVERIFY(event->findText("uploaded_file") >= 0);
        QCOMPARE(event->currentText(), "signed_up"); // what was there stays
    }

    void anEventTheProjectLacksIsSaid()
    {
        ParameterForm form;
        QSignalSpy loaded(&form, &ParameterForm::loaded);
        form.setParameters(parameters(), ph::Json::object(), test::sampleProject());
        QVERIFY(loaded.wait(5'000));

        form.setText("steps", R"([{"event": "$pageview"}, {"event": "sined_up"}])");

        QVERIFY(!form.values());
        QVERIFY(form.problem("steps").contains("sined_up"));
    }

    void choicesThatFailLeaveTheField()
    {
        const auto driver = test::sampleProject();
        driver->onQuery = [](const std::string &, const ph::Json &) -> ph::Result<posthog::Table> { return ph::fail(ph::ErrorCode::Network, "The host is away."); };
        ParameterForm form;
        QSignalSpy loaded(&form, &ParameterForm::loaded);
        form.setParameters(parameters(), ph::Json::object(), driver);

        QVERIFY(loaded.wait(5'000));

        QVERIFY(form.problem("steps").contains("The host is away."));
        QVERIFY(form.values()); // what is written can be used
    }

    void ctrlEnterSubmitsFromAnyField_data()
    {
        QTest::addColumn<QString>("field");
        for (const char *field : {"line", "list", "box", "editable box"})
            QTest::newRow(field) << field;
    }
    void ctrlEnterSubmitsFromAnyField()
    {
        QFETCH(QString, field);
        auto all = parameters();
        all.push_back(test::FakeRuns::parameter("event", "Event", "event", "signed_up"));
        ParameterForm form;
        form.setParameters(all, ph::Json::object(), nullptr);
        form.show();
        QVERIFY(QTest::qWaitForWindowActive(&form));
        QWidget *target = nullptr;
        if (field == "line")
            target = form.findChild<QLineEdit *>();
        else if (field == "list")
            target = form.list("steps")->editor(0, 0);
        for (auto *box : form.findChildren<QComboBox *>()) {
            if ((field == "box" && !box->isEditable()) || (field == "editable box" && box->isEditable() && box->currentText() == "signed_up" && !form.list("steps")->isAncestorOf(box)))
                target = box;
        }
        QVERIFY(target);
        target->setFocus();
        QVERIFY(QApplication::focusWidget());
        QSignalSpy submitted(&form, &ParameterForm::submitted);

        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(submitted.size(), 1);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Enter, Qt::ControlModifier | Qt::KeypadModifier);
        QCOMPARE(submitted.size(), 2);
    }

    void linesAreAddedMovedAndRemoved()
    {
        ListEditor list({{"event", "event", std::nullopt}, {"n", "integer", true}});
        QSignalSpy edited(&list, &ListEditor::edited);
        list.setItems(ph::Json::parse(R"([{"event": "a"}, {"event": "b", "n": 3}])"));

        list.moveLine(1, -1);
        list.addLine({{"event", "c"}});
        list.removeLine(1);
        list.addLine(); // left empty: no item

        QVERIFY(list.items() == ph::Json::parse(R"([{"event": "b", "n": 3}, {"event": "c"}])"));
        QVERIFY(!edited.isEmpty());
    }
};

QTEST_MAIN(ParameterFormTest)
#include "parameter_form_test.moc"
