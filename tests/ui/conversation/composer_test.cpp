#include "ui/conversation/composer.h"

#include "tests/support/fake_file_names.h"
#include "ui/conversation/composer_completion.h"
#include "ui/conversation/composer_edit.h"
#include "ui/conversation/draft_attachments.h"
#include "ui/shell/theme.h"

#include <QApplication>
#include <QListView>
#include <QMimeData>
#include <QPushButton>
#include <QTemporaryDir>
#include <QVBoxLayout>
#include <QtTest>

namespace {

acp::AvailableCommand command(const std::string &name, const std::string &description, const std::string &hint = {})
{
    acp::AvailableCommand made{name, description, {}};
    if (!hint.empty())
        made.input = ph::Json{{"hint", hint}};
    return made;
}

} // namespace

/// Writing to the agent: completion by keys and mouse, pasting, sending.
class ComposerTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { ui::Theme::apply(*qApp, ui::ThemeChoice::Dark); }
    void init()
    {
        m_window = std::make_unique<QWidget>();
        m_window->resize(420, 600);
        auto *column = new QVBoxLayout(m_window.get());
        column->addStretch(1);
        m_composer = new ui::Composer;
        column->addWidget(m_composer);
        m_draft = std::make_unique<ui::DraftAttachments>([this] { return m_takesPictures; });
        m_takesPictures = true;
        m_composer->setAttachments(m_draft.get());
        m_sent = std::make_unique<QSignalSpy>(m_composer, &ui::Composer::sent);
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_composer->setFocus();
        completion().setCommands({command("compact", "Summarise what was said"), command("create_plan", "Plan first", "what to plan"),
                                  command("mcp:docs:find", "Search the documents", "words")});
    }
    void cleanup() { m_window.reset(); }

    void aSlashListsTheCommandsAndTypingFiltersThem()
    {
        type("/");
        QCOMPARE(shown(), (QStringList{"/compact", "/create_plan", "/mcp:docs:find"}));
        QCOMPARE(m_window->focusWidget(), static_cast<QWidget *>(edit()));

        type("find");
        QCOMPARE(shown(), QStringList{"/mcp:docs:find"});

        type("zzz");
        QVERIFY(!completion().isOpen());
        edit()->clear();
        type("look at /");
        QVERIFY(!completion().isOpen());
    }

    void anAcceptedCommandSaysWhatItExpects()
    {
        type("/");
        key(Qt::Key_Down);
        key(Qt::Key_Return);

        QCOMPARE(m_composer->text(), QString("/create_plan "));
        QCOMPARE(edit()->expected(), QString("what to plan"));
        QVERIFY(!completion().isOpen());
        QVERIFY(m_sent->isEmpty());
        type("the launch");
        QVERIFY(edit()->expected().isEmpty());
        key(Qt::Key_Return);
        QCOMPARE(m_sent->takeFirst().first().toString(), QString("/create_plan the launch"));
    }

    void keysGoThroughTheListAndTabAccepts()
    {
        type("/");
        key(Qt::Key_Up); // around the end
        QCOMPARE(completion().list().current(), 2);
        key(Qt::Key_Down);
        QCOMPARE(completion().list().current(), 0);
        key(Qt::Key_Tab);

        QCOMPARE(m_composer->text(), QString("/compact "));
        QCOMPARE(m_window->focusWidget(), static_cast<QWidget *>(edit()));
    }

    void escapeClosesTheListAndNothingElse()
    {
        QWidget *window = m_window.get();
        EscapeCounter counter;
        window->installEventFilter(&counter);
        type("/co");
        QVERIFY(completion().isOpen());

        key(Qt::Key_Escape);

        QVERIFY(!completion().isOpen());
        QCOMPARE(counter.count, 0);
        type("m"); // it stays closed for this word
        QVERIFY(!completion().isOpen());
        QCOMPARE(m_composer->text(), QString("/com"));
        key(Qt::Key_Return);
        QCOMPARE(m_sent->takeFirst().first().toString(), QString("/com"));
        type("/c");
        QVERIFY(completion().isOpen());
    }

    void aWholeCommandIsSentByOneEnter()
    {
        type("/compact");
        QVERIFY(completion().isOpen());
        key(Qt::Key_Return);

        QCOMPARE(m_sent->takeFirst().first().toString(), QString("/compact"));
        QVERIFY(!completion().isOpen());
    }

    void aClickAccepts()
    {
        type("/");
        auto *list = completion().list().findChild<QListView *>();
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(list->model()->index(1, 0)).center());

        QCOMPARE(m_composer->text(), QString("/create_plan "));
        QCOMPARE(m_window->focusWidget(), static_cast<QWidget *>(edit()));
    }

    void whatWasSentBeforeComesBackWithoutAList()
    {
        m_composer->setHistory({"first", "/compact"});

        key(Qt::Key_Up);
        QCOMPARE(m_composer->text(), QString("/compact"));
        QVERIFY(!completion().isOpen());
        key(Qt::Key_Up);
        QCOMPARE(m_composer->text(), QString("first"));
    }

    void theListStandsAboveTheComposerAndGoesWithTheFocus()
    {
        type("/");
        const auto &list = completion().list();
        QCOMPARE(list.parentWidget(), m_window.get());
        QVERIFY(list.geometry().bottom() < m_composer->geometry().top());
        QVERIFY(m_window->rect().contains(list.geometry()));

        QPushButton other(m_window.get());
        other.show();
        other.setFocus();
        QVERIFY(!completion().isOpen());
    }

    void anAtSignFindsFiles()
    {
        auto names = std::make_shared<test::FakeFileNames>();
        names->onList = [] { return ui::FileNames::Listing{{"readme.md", "src/main.cpp", "src/two words.cpp"}, true}; };
        completion().setFiles(names, "/folder");

        type("see @mai");
        QTRY_COMPARE(shown(), QStringList{"main.cpp"});
        key(Qt::Key_Return);
        QCOMPARE(m_composer->text(), QString("see @src/main.cpp "));
        type("and @two");
        QTRY_COMPARE(shown(), QStringList{"two words.cpp"});
        key(Qt::Key_Tab);

        QCOMPARE(m_composer->text(), QString("see @src/main.cpp and @\"src/two words.cpp\" "));
        QCOMPARE(completion().acceptedFiles(), (QSet<QString>{"src/main.cpp", "src/two words.cpp"}));
        QVERIFY(m_sent->isEmpty());
        key(Qt::Key_Return);
        QCOMPARE(m_sent->size(), 1);
    }

    void aWordInTheMiddleIsReplacedWhole()
    {
        auto names = std::make_shared<test::FakeFileNames>();
        names->onList = [] { return ui::FileNames::Listing{{"src/main.cpp"}, true}; };
        completion().setFiles(names, "/folder");
        edit()->setPlainText("fix @maXX now");
        auto cursor = edit()->textCursor();
        cursor.setPosition(6);
        edit()->setTextCursor(cursor);
        type("i");
        QTRY_COMPARE(shown(), QStringList{"main.cpp"});

        key(Qt::Key_Tab);

        QCOMPARE(m_composer->text(), QString("fix @src/main.cpp now"));
        QCOMPARE(edit()->textCursor().position(), 18);
    }

    void aPastedPictureIsAnAttachmentAndTextStaysText()
    {
        QMimeData picture;
        picture.setImageData(image());
        picture.setHtml("<img src='x'>");
        edit()->insertFromMimeData(&picture);
        QTRY_COMPARE(m_draft->blocks().size(), size_t(1));
        QCOMPARE(m_draft->blocks()[0].type, std::string("image"));
        QCOMPARE(m_composer->text(), QString());

        QMimeData cells; // as spreadsheets offer them
        cells.setImageData(image());
        cells.setText("a\tb");
        edit()->insertFromMimeData(&cells);
        QCOMPARE(m_composer->text(), QString("a\tb"));
        QCOMPARE(m_draft->blocks().size(), size_t(1));
    }

    void droppedFilesAreAttachments()
    {
        QTemporaryDir folder;
        QVERIFY(image().save(folder.filePath("shot.png")));
        QFile notes(folder.filePath("notes.txt"));
        QVERIFY(notes.open(QIODevice::WriteOnly));
        QMimeData files;
        files.setUrls({QUrl::fromLocalFile(folder.filePath("shot.png")), QUrl::fromLocalFile(notes.fileName())});
        QDragEnterEvent enter(QPoint(20, 10), Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
        QDropEvent drop(QPointF(20, 10), Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);

        QApplication::sendEvent(edit()->viewport(), &enter);
        QVERIFY(enter.isAccepted());
        QApplication::sendEvent(edit()->viewport(), &drop);

        QTRY_COMPARE(m_draft->blocks().size(), size_t(2));
        QCOMPARE(m_draft->blocks()[0].type, std::string("image"));
        QCOMPARE(m_draft->blocks()[1].type, std::string("resource_link"));
        QCOMPARE(m_composer->text(), QString());
    }

    void enterWaitsForWhatIsStillRead()
    {
        m_draft->addPicture(image());
        type("look");
        key(Qt::Key_Return);
        QVERIFY(m_sent->isEmpty());
        QCOMPARE(m_composer->text(), QString("look"));

        QTRY_COMPARE(m_sent->size(), 1);
        QCOMPARE(m_sent->first().first().toString(), QString("look"));
        QCOMPARE(m_draft->blocks().size(), size_t(1));
    }

    void attachmentsAloneMayBeSent()
    {
        key(Qt::Key_Return);
        QVERIFY(m_sent->isEmpty());
        m_draft->addPicture(image());
        QTRY_VERIFY(!m_draft->isReading());

        key(Qt::Key_Return);

        QCOMPARE(m_sent->size(), 1);
        QCOMPARE(m_sent->first().first().toString(), QString());
    }

    void manyAttachmentsScrollAndNeverWidenTheComposer()
    {
        std::vector<acp::ContentBlock> blocks;
        for (int i = 0; i < 20; ++i) {
            acp::ContentBlock block;
            block.type = "resource_link";
            block.uri = "file:///folder/a-rather-long-name-of-a-file-" + std::to_string(i) + ".txt";
            blocks.push_back(block);
        }
        const int width = m_composer->width();

        m_draft->add(blocks);
        QTest::qWait(20);

        QCOMPARE(m_composer->width(), width);
        QVERIFY(m_composer->minimumSizeHint().width() < 300);
        QVERIFY2(m_composer->height() < 260, qPrintable(QString::number(m_composer->height())));
    }

private:
    struct EscapeCounter : QObject {
        int count = 0;
        bool eventFilter(QObject *, QEvent *event) override
        {
            if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape)
                ++count;
            return false;
        }
    };

    ui::ComposerEdit *edit() const { return m_composer->edit(); }
    ui::ComposerCompletion &completion() const { return m_composer->completion(); }
    void type(const QString &text) { QTest::keyClicks(edit(), text); }
    void key(Qt::Key key) { QTest::keyClick(edit(), key); }
    QStringList shown() const
    {
        QStringList texts;
        if (!completion().isOpen())
            return texts;
        const auto &model = completion().list().model();
        for (int row = 0; row < model.rowCount(); ++row)
            texts << model.index(row).data().toString();
        return texts;
    }
    static QImage image()
    {
        QImage made(12, 9, QImage::Format_RGB32);
        made.fill(Qt::blue);
        return made;
    }

    std::unique_ptr<QWidget> m_window;
    ui::Composer *m_composer = nullptr;
    std::unique_ptr<ui::DraftAttachments> m_draft;
    std::unique_ptr<QSignalSpy> m_sent;
    bool m_takesPictures = true;
};

QTEST_MAIN(ComposerTest)
#include "composer_test.moc"
