#include "ui/conversation/conversation_view.h"

#include <QBuffer>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QtTest>

class ConversationViewTest : public QObject
{
    Q_OBJECT

private slots:
    void aLongConversationLaysOutWhatShowsOnly()
    {
        ui::Conversation conversation;
        for (int i = 0; i < 20'000; ++i) {
            acp::AgentMessageChunk chunk;
            chunk.content = acp::ContentBlock::ofText("Message **" + std::to_string(i) + "** of many.\n\n- a\n- b");
            chunk.messageId = std::to_string(i);
            acp::SessionUpdate update;
            update.value = chunk;
            conversation.apply(update);
        }
        ui::ConversationView view;
        view.resize(400, 700);
        view.show();
        QElapsedTimer timer;
        timer.start();

        view.setConversation(&conversation);
        QTest::qWait(1);
        const auto opened = timer.elapsed();

        QVERIFY(view.isAtEnd());
        QVERIFY2(view.laidOutCount() < 200, qPrintable(QString::number(view.laidOutCount())));
        QVERIFY2(opened < 3000, qPrintable(QString("%1 ms").arg(opened)));
        timer.restart();
        for (int i = 0; i < 50; ++i) {
            view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum() * i / 50);
            view.grab();
        }
        QVERIFY2(timer.elapsed() < 3000, qPrintable(QString("%1 ms for 50 frames").arg(timer.elapsed())));
        QVERIFY(view.laidOutCount() < 1000);
        view.goToEnd();
        view.selectAll();
        QVERIFY(view.selectedText().startsWith("Message 0 of many.\n\n• a\n• b"));
        QVERIFY(view.selectedText().endsWith("• b"));
    }

    void aPictureIsPaintedAndOneThatCannotBeReadIsNamed()
    {
        QImage blue(64, 40, QImage::Format_RGB32);
        blue.fill(QColor(10, 20, 250));
        QByteArray png;
        QBuffer buffer(&png);
        QVERIFY(buffer.open(QIODevice::WriteOnly) && blue.save(&buffer, "png"));
        acp::ContentBlock picture;
        picture.type = "image";
        picture.mimeType = "image/png";
        picture.data = png.toBase64().toStdString();
        auto broken = picture;
        broken.data = "AAAA";
        ui::Conversation conversation;
        conversation.beginTurn({acp::ContentBlock::ofText("Look"), picture, broken});
        ui::ConversationView view;
        view.resize(400, 500);
        view.show();
        view.setConversation(&conversation);

        const auto shown = view.grab().toImage();
        int pixels = 0;
        for (int y = 0; y < shown.height(); ++y) {
            for (int x = 0; x < shown.width(); ++x)
                pixels += shown.pixelColor(x, y) == QColor(10, 20, 250);
        }

        QVERIFY2(pixels > 60 * 36 && pixels <= 64 * 40, qPrintable(QString::number(pixels))); // as large as it is, but for its border
    }

    void newTextIsFollowedOnlyFromTheEnd()
    {
        ui::Conversation conversation;
        const auto say = [&](int i) {
            acp::AgentMessageChunk chunk;
            chunk.content = acp::ContentBlock::ofText("Line " + std::to_string(i) + "\n\n");
            acp::SessionUpdate update;
            update.value = chunk;
            conversation.apply(update);
        };
        for (int i = 0; i < 200; ++i)
            say(i);
        ui::ConversationView view;
        view.resize(400, 500);
        view.show();
        view.setConversation(&conversation);
        QVERIFY(view.isAtEnd());
        say(200);
        view.refresh();
        QVERIFY(view.isAtEnd());
        QCOMPARE(view.verticalScrollBar()->value(), view.verticalScrollBar()->maximum());

        view.verticalScrollBar()->setValue(1000);
        const int value = view.verticalScrollBar()->value();
        for (int i = 0; i < 50; ++i)
            say(i);
        view.refresh();

        QCOMPARE(view.verticalScrollBar()->value(), value);
        QVERIFY(!view.isAtEnd());
    }
};

QTEST_MAIN(ConversationViewTest)
#include "conversation_view_test.moc"
