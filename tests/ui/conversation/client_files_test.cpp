#include "ui/conversation/client_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include <sys/stat.h>

namespace fs = std::filesystem;

namespace {

const acp::SessionId session{"session-1"};

void put(const fs::path &path, const std::string &content)
{
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

std::string contentOf(const fs::path &path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

} // namespace

class ClientFilesTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_root = fs::canonical(m_folder->path().toStdString());
        fs::create_directories(m_root / "work");
        fs::create_directories(m_root / "more");
        put(m_root / "outside/secret.txt", "secret");
        put(m_root / "work/a.txt", "one\ntwo\r\nthree\nlast");
        put(m_root / "more/b.txt", "more");
        m_files = std::make_unique<ui::ClientFiles>([](const fs::path &path, ui::FileAccess access) -> std::string {
            if (path.filename() == ".bashrc" && access == ui::FileAccess::Write)
                return path.string() + " is protected.";
            return path.filename() == "key" ? path.string() + " is secret." : "";
        });
        m_files->openSession(session, {m_root / "work", m_root / "more"});
    }

    void readsLines_data()
    {
        QTest::addColumn<int>("line");
        QTest::addColumn<int>("limit");
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("all") << -1 << -1 << QByteArray("one\ntwo\r\nthree\nlast");
        QTest::newRow("from a line on") << 3 << -1 << QByteArray("three\nlast");
        QTest::newRow("some lines") << 2 << 2 << QByteArray("two\r\nthree\n");
        QTest::newRow("the first is 1") << 1 << 1 << QByteArray("one\n");
        QTest::newRow("0 is the first too") << 0 << 1 << QByteArray("one\n");
        QTest::newRow("more than there are") << 4 << 100 << QByteArray("last");
        QTest::newRow("beyond the end") << 5 << 1 << QByteArray();
        QTest::newRow("no lines") << 1 << 0 << QByteArray();
    }
    void readsLines()
    {
        QFETCH(int, line);
        QFETCH(int, limit);
        QFETCH(QByteArray, content);
        acp::ReadTextFileRequest request{session, (m_root / "work/a.txt").string(), {}, {}};
        if (line >= 0)
            request.line = std::uint32_t(line);
        if (limit >= 0)
            request.limit = std::uint32_t(limit);

        const auto response = m_files->read(request, {});

        QVERIFY(response.has_value());
        QCOMPARE(response->content, content.toStdString());
    }

    void writesAndMakesFolders()
    {
        QVERIFY(write("work/new/deep/c.txt", "hello").has_value());
        QCOMPARE(contentOf(m_root / "work/new/deep/c.txt"), std::string("hello"));

        ::chmod((m_root / "work/a.txt").c_str(), 0640);
        QVERIFY(write("work/a.txt", "changed").has_value());

        QCOMPARE(contentOf(m_root / "work/a.txt"), std::string("changed"));
        struct stat info {};
        QCOMPARE(::stat((m_root / "work/a.txt").c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0777, 0640u);
        QCOMPARE(read("more/b.txt")->content, std::string("more"));
    }

    void refusesToRead_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<int>("code");
        QTest::newRow("missing") << QByteArray("work/none.txt") << acp::code::notFound;
        QTest::newRow("outside") << QByteArray("outside/secret.txt") << acp::code::invalidParams;
        QTest::newRow("..") << QByteArray("work/../outside/secret.txt") << acp::code::invalidParams;
        QTest::newRow("a file's link") << QByteArray("work/link") << acp::code::invalidParams;
        QTest::newRow("a folder's link") << QByteArray("work/folder-link/secret.txt") << acp::code::invalidParams;
        QTest::newRow("a name that begins alike") << QByteArray("work-other/x.txt") << acp::code::invalidParams;
        QTest::newRow("a folder") << QByteArray("work") << acp::code::invalidParams;
        QTest::newRow("a pipe") << QByteArray("work/pipe") << acp::code::invalidParams;
        QTest::newRow("bytes") << QByteArray("work/bytes") << acp::code::invalidParams;
        QTest::newRow("no UTF-8") << QByteArray("work/latin1") << acp::code::invalidParams;
        QTest::newRow("the kernel's") << QByteArray("/proc/self/environ") << acp::code::invalidParams;
        QTest::newRow("what the guard keeps") << QByteArray("work/key") << acp::code::invalidParams;
        QTest::newRow("behind a link to the guarded") << QByteArray("work/key-link") << acp::code::invalidParams;
        QTest::newRow("a NUL in the name") << QByteArray("work/a.txt\0x", 12) << acp::code::invalidParams;
        QTest::newRow("too long for an answer") << QByteArray("work/long") << acp::code::invalidParams;
    }
    void refusesToRead()
    {
        QFETCH(QByteArray, path);
        QFETCH(int, code);
        fs::create_symlink(m_root / "outside/secret.txt", m_root / "work/link");
        fs::create_symlink(m_root / "outside", m_root / "work/folder-link");
        fs::create_symlink("key", m_root / "work/key-link");
        put(m_root / "work-other/x.txt", "x");
        put(m_root / "work/bytes", std::string("a\0b", 3));
        put(m_root / "work/latin1", "gr\xFC\xDF");
        put(m_root / "work/key", "canary");
        put(m_root / "work/long", std::string(6'000'000, 'x'));
        QCOMPARE(::mkfifo((m_root / "work/pipe").c_str(), 0600), 0);

        const auto response = path.startsWith('/') ? m_files->read({session, path.toStdString(), {}, {}}, {}) : read(path.toStdString());

        QVERIFY(!response);
        QCOMPARE(response.error().code, code);
        QVERIFY(!response.error().message.empty());
    }

    void aLongFileIsReadInParts()
    {
        std::string text;
        while (text.size() < 6'000'000)
            text += "0123456789012345678901234567890123456789\n";
        put(m_root / "work/long", text);

        QVERIFY(!read("work/long"));
        QCOMPARE(m_files->read({session, (m_root / "work/long").string(), 100'000, 1}, {})->content, std::string("0123456789012345678901234567890123456789\n"));
    }

    void refusesToWrite_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::newRow("outside") << QByteArray("outside/secret.txt");
        QTest::newRow("..") << QByteArray("work/../outside/secret.txt");
        QTest::newRow("a new file outside") << QByteArray("outside/new.txt");
        QTest::newRow("a link that leads out") << QByteArray("work/link");
        QTest::newRow("a link that leads nowhere") << QByteArray("work/nowhere");
        QTest::newRow("beneath a folder's link") << QByteArray("work/folder-link/new/x.txt");
        QTest::newRow("the root itself") << QByteArray("work");
        QTest::newRow("what the guard keeps") << QByteArray("work/.bashrc");
        QTest::newRow("what the guard keeps, ended early") << QByteArray("work/.bashrc\0x", 14);
        QTest::newRow("beneath a file") << QByteArray("work/a.txt/x");
    }
    void refusesToWrite()
    {
        QFETCH(QByteArray, path);
        fs::create_symlink(m_root / "outside/secret.txt", m_root / "work/link");
        fs::create_symlink(m_root / "outside/made.txt", m_root / "work/nowhere");
        fs::create_symlink(m_root / "outside", m_root / "work/folder-link");

        const auto response = write(path.toStdString(), "evil");

        QVERIFY(!response);
        QCOMPARE(contentOf(m_root / "outside/secret.txt"), std::string("secret"));
        for (const char *made : {"outside/new.txt", "outside/made.txt", "outside/new", "work/.bashrc"})
            QVERIFY(!fs::exists(m_root / made));
    }

    void aRelativePathIsRefused()
    {
        const auto response = m_files->read({session, "a.txt", {}, {}}, {});

        QCOMPARE(response.error().code, acp::code::invalidParams);
        QVERIFY(response.error().message.find("absolute") != std::string::npos);
    }

    void aSessionThatIsNotOpenHasNoFiles()
    {
        const auto path = (m_root / "work/a.txt").string();
        QCOMPARE(m_files->read({{"session-2"}, path, {}, {}}, {}).error().code, acp::code::notFound);
        QCOMPARE(m_files->write({{"session-2"}, path, "x"}, {}).error().code, acp::code::notFound);

        m_files->closeSession(session);

        QCOMPARE(m_files->read({session, path, {}, {}}, {}).error().code, acp::code::notFound);
    }

    void noLinkIsRacedIn()
    {
        // Somebody swaps a folder for a link that leads out, as fast as can be.
        std::atomic<bool> over = false;
        std::thread swapper([&] {
            while (!over) {
                std::error_code ignored; // The writes below get in the way.
                fs::remove_all(m_root / "work/dir", ignored);
                fs::create_directory_symlink(m_root / "outside", m_root / "work/dir", ignored);
                fs::remove_all(m_root / "work/dir", ignored); // the link alone
                fs::create_directory(m_root / "work/dir", ignored);
                std::ofstream(m_root / "work/dir/secret.txt") << "harmless";
            }
        });

        int leaks = 0;
        for (int i = 0; i < 1'000; ++i) {
            if (const auto got = read("work/dir/secret.txt"); got && got->content == "secret")
                ++leaks;
            if (i % 10 == 0)
                [[maybe_unused]] const auto mayFail = write("work/dir/secret.txt", "harmless");
        }
        over = true;
        swapper.join();

        QCOMPARE(leaks, 0);
        QCOMPARE(contentOf(m_root / "outside/secret.txt"), std::string("secret"));
        QCOMPARE(std::distance(fs::directory_iterator(m_root / "outside"), fs::directory_iterator()), 1);
    }

private:
    acp::Reply<acp::ReadTextFileResponse> read(const std::string &path) { return m_files->read({session, m_root.string() + "/" + path, {}, {}}, {}); }
    acp::Reply<acp::Empty> write(const std::string &path, const std::string &content)
    {
        return m_files->write({session, m_root.string() + "/" + path, content}, {});
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path m_root;
    std::unique_ptr<ui::ClientFiles> m_files;
};

QTEST_APPLESS_MAIN(ClientFilesTest)
#include "client_files_test.moc"
