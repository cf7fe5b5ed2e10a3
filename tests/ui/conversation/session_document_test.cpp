#include "ui/conversation/session_document.h"

#include "tests/support/window_fakes.h"
#include "ui/conversation/conversation_view.h"
#include "ui/conversation/sessions_page.h"
#include "ui/shell/banner.h"
#include "ui/shell/main_window.h"

#include <QAbstractItemModelTester>
#include <QPushButton>
#include <QTemporaryDir>
#include <QtTest>

class SessionDocumentTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aSessionThatWasCutOffIsContinued()
    {
        ui::MainWindow window(m_folder->path());
        auto store = std::make_shared<FakeSessionStore>();
        store->logs["cut-off"] = {R"({"jsonrpc":"2.0","id":1,"method":"session/prompt","params":{"sessionId":"s","prompt":[{"type":"text","text":"go"}]}})",
                                  R"({"jsonrpc":"2.0","id":2,"method":"session/request_permission","params":{"sessionId":"s","toolCall":{"toolCallId":"t","title":"Create the cohort?"},"options":[{"optionId":"y","name":"Yes","kind":"allow_once"}]}})"};
        store->logs["whole"] = {store->logs["cut-off"][0], R"({"jsonrpc":"2.0","id":1,"result":{"stopReason":"end_turn"}})"};
        QStringList continued;
        ui::SessionDocument document(window.workbench(), store, [&](const QString &runId, bool wasCutOff) {
            if (wasCutOff)
                continued << runId;
        });
        document.show();
        document.restore({{"runId", "cut-off"}});
        auto *banner = document.findChild<ui::Banner *>();
        QTRY_VERIFY(banner->text().contains("Create the cohort?"));

        banner->findChild<QPushButton *>()->click();
        QCOMPARE(continued, QStringList{"cut-off"});
        document.restore({{"runId", "whole"}});
        QTRY_COMPARE(document.conversation().items().size(), size_t(1));
        QVERIFY(banner->text().isEmpty());
    }

    void aWholeSessionGoesOnInThePanelToo()
    {
        ui::MainWindow window(m_folder->path());
        auto store = std::make_shared<FakeSessionStore>();
        store->logs["whole"] = {R"({"jsonrpc":"2.0","id":1,"method":"session/prompt","params":{"sessionId":"s","prompt":[{"type":"text","text":"go"}]}})",
                                R"({"jsonrpc":"2.0","id":1,"result":{"stopReason":"end_turn"}})"};
        std::vector<bool> cutOff;
        ui::SessionDocument document(window.workbench(), store, [&](const QString &, bool wasCutOff) { cutOff.push_back(wasCutOff); });
        document.show();
        document.restore({{"runId", "whole"}});
        auto *button = document.findChild<QPushButton *>("continue");
        QTRY_VERIFY(button->isVisible());

        button->click();

        QCOMPARE(cutOff, std::vector<bool>{false});
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_MAIN(SessionDocumentTest)
#include "session_document_test.moc"
