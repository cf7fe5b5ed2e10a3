#include "tests/support/window_fakes.h"
#include "ui/shell/models_card.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

namespace {

template <typename Widget>
Widget *named(QWidget &card, const QString &name)
{
    for (auto *widget : card.findChildren<Widget *>()) {
        if (widget->accessibleName() == name)
            return widget;
    }
    return nullptr;
}

QString answerOf(QWidget &card)
{
    for (auto *label : card.findChildren<QLabel *>()) {
        if (label->property("role") == "small")
            return label->text();
    }
    return {};
}

} // namespace

class ModelsCardTest : public QObject
{
    Q_OBJECT

private slots:
    void keepsTheServiceAndShowsItsModels()
    {
        FakeModels models;
        ui::ModelsCard card(models);
        named<QLineEdit>(card, "Address of the service")->setText(" http://127.0.0.1:11434 ");
        named<QLineEdit>(card, "Key of the service")->setText("sk-secret");

        named<QPushButton>(card, "Use this service")->click();

        QCOMPARE(models.current.baseUrl, QString("http://127.0.0.1:11434"));
        QCOMPARE(*models.key, std::string("sk-secret"));
        QVERIFY(answerOf(card).contains("Claude Opus 4.5, Claude Haiku 4.5"));
        QVERIFY(named<QLineEdit>(card, "Key of the service")->text().isEmpty());
        QVERIFY(!named<QPushButton>(card, "Use this service no more")->isHidden());
    }

    void keepsTheKeyThatIsThereWhenNoneIsTyped()
    {
        FakeModels models;
        ui::ModelsCard card(models);
        named<QPushButton>(card, "Use this service")->click();

        QVERIFY(!models.key);
    }

    void saysWhatTheServiceDidNotLike()
    {
        FakeModels models;
        models.answer = ph::fail(ph::ErrorCode::Unauthorized, "Anthropic refuses the key.");
        ui::ModelsCard card(models);
        named<QPushButton>(card, "Use this service")->click();

        QCOMPARE(answerOf(card), QString("Anthropic refuses the key."));
        QVERIFY(named<QPushButton>(card, "Use this service")->isEnabled());
    }

    void beginsWithTheServiceThatIsUsed()
    {
        FakeModels models;
        models.current = {ui::ModelService::Kind::OpenAiCompatible, "http://localhost:1234/v1", true, true};
        ui::ModelsCard card(models);

        QCOMPARE(named<QComboBox>(card, "Service of language models")->currentData().toInt(), int(ui::ModelService::Kind::OpenAiCompatible));
        QCOMPARE(named<QLineEdit>(card, "Address of the service")->text(), QString("http://localhost:1234/v1"));
        named<QPushButton>(card, "Use this service no more")->click();
        QVERIFY(!models.current.isUsed);
    }

    void typesTheKeyUnseen()
    {
        FakeModels models;
        ui::ModelsCard card(models);

        QCOMPARE(named<QLineEdit>(card, "Key of the service")->echoMode(), QLineEdit::Password);
    }
};

QTEST_MAIN(ModelsCardTest)
#include "models_card_test.moc"
