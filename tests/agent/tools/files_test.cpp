#include "agent/tools/file_tools.h"
#include "driver/base/beneath.h"
#include "tests/support/tool_folder.h"

#include <QTest>

#include <atomic>
#include <cstdio>
#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace fs = std::filesystem;

class FilesTest : public QObject
{
    Q_OBJECT

private slots:
    void readsWhatLiesBeneathARootAndNothingElse()
    {
        support::ToolFolder folder;
        folder.write(folder.work / "a/b.txt", "hello");
        folder.write(folder.base / "work-evil/b.txt", "evil");
        const auto files = tools::makeDiskFiles({folder.work});

        QCOMPARE(files->read(folder.work / "a/b.txt", {})->bytes, std::string("hello"));
        QCOMPARE(files->read(folder.work / "none", {}).error().code, ph::ErrorCode::NotFound);
        for (const auto &path : {folder.outside / "secret.txt", folder.base / "work-evil/b.txt", fs::path("/etc/passwd")}) {
            const auto refused = files->read(path, {});
            QVERIFY2(!refused && refused.error().message.ends_with("is outside of this session's folders."), path.c_str());
            QVERIFY(!files->write(path, "x", {}, {}));
        }
        QCOMPARE(folder.read(folder.outside / "secret.txt"), std::string("secret\n"));
    }

    void followsALinkOnlyWhereItWasDecidedOn()
    {
        support::ToolFolder folder;
        folder.write(folder.work / "real/file.txt", "inside");
        fs::create_symlink("real/file.txt", folder.work / "link.txt");
        fs::create_symlink(folder.outside, folder.work / "out");
        tools::Workspace workspace(folder.setting());

        // A path of a call is resolved first; what it leads to counts.
        QCOMPARE(workspace.resolve("link.txt"), folder.work / "real/file.txt");
        QCOMPARE(workspace.files().read(workspace.resolve("link.txt"), {})->bytes, std::string("inside"));
        QCOMPARE(workspace.resolve("out/secret.txt"), folder.outside / "secret.txt");
        QVERIFY(!workspace.files().read(workspace.resolve("out/secret.txt"), {}));
        QVERIFY(!workspace.files().read(workspace.resolve("../outside/secret.txt"), {}));
        // A path that has become a link since then is not followed, not even within the folder.
        QVERIFY(!workspace.files().read(folder.work / "link.txt", {}));
        QVERIFY(!workspace.files().read(folder.work / "out/secret.txt", {}));
        QVERIFY(!workspace.files().write(folder.work / "out/new.txt", "x", {}, {}));
        QVERIFY(!fs::exists(folder.outside / "new.txt"));
    }

    void walksWithoutLinksOnKernelsWithoutOpenat2()
    {
        support::ToolFolder folder;
        folder.write(folder.work / "a/b.txt", "hello");
        fs::create_symlink(folder.outside, folder.work / "out");
        fs::create_symlink("a", folder.work / "within");
        const ph::Descriptor root(::open(folder.work.c_str(), O_PATH | O_DIRECTORY));

        for (auto *open : {&ph::openBeneath, &ph::walkBeneath}) {
            QVERIFY((*open)(root, "a/b.txt", O_RDONLY, 0).isOpen());
            QVERIFY((*open)(root, "", O_RDONLY | O_DIRECTORY, 0).isOpen());
            for (const char *path : {"out/secret.txt", "within/b.txt", "out", "../outside/secret.txt", "/etc/passwd", "a/../../outside/secret.txt"})
                QVERIFY2(!(*open)(root, path, O_PATH, 0).isOpen(), path);
        }
    }

    void isNotLedOutByALinkThatIsSwappedInMeanwhile()
    {
        support::ToolFolder folder;
        folder.write(folder.work / "sub/secret.txt", "harmless\n");
        fs::create_directory_symlink(folder.outside, folder.work / "link");
        const auto files = tools::makeDiskFiles({folder.work});
        std::atomic<bool> isOver = false;
        std::thread swapper([&] {
            while (!isOver)
                ::renameat2(AT_FDCWD, (folder.work / "sub").c_str(), AT_FDCWD, (folder.work / "link").c_str(), RENAME_EXCHANGE);
        });

        int inside = 0;
        int refused = 0;
        int leaks = 0;
        for (int i = 0; i < 3'000; ++i) {
            const auto content = files->read(folder.work / "sub/secret.txt", {});
            ++(content ? inside : refused);
            leaks += content && content->bytes != "harmless\n";
            (void)files->write(folder.work / "sub/new.txt", "x", {}, {});
        }
        isOver = true;
        swapper.join();

        QCOMPARE(leaks, 0);
        QVERIFY2(inside > 0 && refused > 0, qPrintable(QString("inside %1, refused %2").arg(inside).arg(refused)));
        QVERIFY(!fs::exists(folder.outside / "new.txt"));
        QCOMPARE(folder.read(folder.outside / "secret.txt"), std::string("secret\n"));
    }

    void doesNotWaitForPipesDevicesAndSockets()
    {
        support::ToolFolder folder;
        QCOMPARE(::mkfifo((folder.work / "pipe").c_str(), 0600), 0);
        const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const auto place = (folder.work / "socket").string();
        std::copy(place.begin(), place.end(), address.sun_path);
        QCOMPARE(::bind(socket, reinterpret_cast<const sockaddr *>(&address), sizeof address), 0);
        const auto files = tools::makeDiskFiles({folder.work, "/dev"});

        const auto reasonFor = [&](const fs::path &path) { return files->read(path, {}).error().message; };
        QVERIFY(reasonFor(folder.work / "pipe").find("is a pipe") != std::string::npos);
        QVERIFY(reasonFor(folder.work / "socket").find("is a socket") != std::string::npos);
        QVERIFY(reasonFor("/dev/zero").find("is a device") != std::string::npos);
        QVERIFY(reasonFor(folder.work).find("is a folder") != std::string::npos);
        QVERIFY(!files->write(folder.work / "pipe", "x", tools::FileState{}, {}));
        ::close(socket);
    }

    void doesNotReadWhatTheKernelMakesUp()
    {
        const auto files = tools::makeDiskFiles({"/"});
        for (const char *path : {"/proc/1/environ", "/proc/version", "/sys/kernel/ostype"}) {
            const auto refused = files->read(path, {});
            QVERIFY2(!refused, path);
        }
        const auto own = files->read("/proc/" + std::to_string(::getpid()) + "/environ", {});
        QVERIFY(own.error().message.find("the kernel makes it up") != std::string::npos);
        QVERIFY(!files->read("/proc/self/environ", {})); // a magic link on the way
    }

    void saysWhyAFileCannotBeRead()
    {
        if (::geteuid() != 0)
            QSKIP("Becomes another user for the file system, which only root can.");
        support::ToolFolder folder;
        folder.write(folder.work / "closed.txt", "x");
        fs::permissions(folder.work / "closed.txt", fs::perms::none);
        fs::permissions(folder.base, fs::perms::all);
        fs::permissions(folder.base.parent_path(), fs::perms::others_exec, fs::perm_options::add);
        const auto files = tools::makeDiskFiles({folder.work});

        ::setfsuid(65534);
        const auto refused = files->read(folder.work / "closed.txt", {});
        const auto unwritten = files->write(folder.work / "new.txt", "x", {}, {});
        ::setfsuid(0);

        QVERIFY2(refused.error().message.ends_with("closed.txt: no permission."), refused.error().message.c_str());
        QVERIFY2(unwritten.error().message.ends_with("new.txt: no permission."), unwritten.error().message.c_str());
    }

    void replacesAFileWholeAndKeepsItsMode()
    {
        support::ToolFolder folder;
        folder.write(folder.work / "run.sh", "old");
        fs::permissions(folder.work / "run.sh", fs::perms(0754));
        const auto files = tools::makeDiskFiles({folder.work});
        const auto old = files->read(folder.work / "run.sh", {});

        const auto written = files->write(folder.work / "run.sh", "new", old->state, {});

        QVERIFY(written.has_value());
        QCOMPARE(*written, files->read(folder.work / "run.sh", {})->state);
        QCOMPARE(int(fs::status(folder.work / "run.sh").permissions()), 0754);
        QVERIFY(files->write(folder.work / "deep/er/new.txt", "n", {}, {}).has_value());
        QCOMPARE(folder.read(folder.work / "deep/er/new.txt"), std::string("n"));
        QCOMPARE(std::distance(fs::directory_iterator(folder.work), fs::directory_iterator()), 2); // no temporary file is left
    }

    void keepsWhatSomebodyElseHasWrittenMeanwhile()
    {
        support::ToolFolder folder;
        folder.write(folder.work / "a.txt", "one");
        const auto files = tools::makeDiskFiles({folder.work});
        const auto old = files->read(folder.work / "a.txt", {});
        folder.write(folder.work / "a.txt", "theirs");

        QVERIFY(files->write(folder.work / "a.txt", "ours", old->state, {}).error().message.ends_with("Read it again."));
        QVERIFY(files->write(folder.work / "a.txt", "ours", {}, {}).error().message.find("exists by now") != std::string::npos);
        QCOMPARE(folder.read(folder.work / "a.txt"), std::string("theirs"));
    }

    void leavesTheOldFileWhenTheDiskIsFull()
    {
        support::ToolFolder folder;
        if (::mount("tmpfs", folder.work.c_str(), "tmpfs", 0, "size=64k") != 0)
            QSKIP("Cannot mount a small disk here.");
        folder.write(folder.work / "a.txt", "old");
        {
            const auto files = tools::makeDiskFiles({folder.work});
            const auto old = files->read(folder.work / "a.txt", {});
            const auto full = files->write(folder.work / "a.txt", std::string(1024 * 1024, 'x'), old->state, {});
            QVERIFY2(!full && full.error().message.ends_with("no space left on the disk."), full ? "" : full.error().message.c_str());
            QCOMPARE(folder.read(folder.work / "a.txt"), std::string("old"));
            QCOMPARE(std::distance(fs::directory_iterator(folder.work), fs::directory_iterator()), 1);
        }
        ::umount(folder.work.c_str());
    }

    void refusesAFileThatIsTooLong()
    {
        support::ToolFolder folder;
        folder.write(folder.work / "big", "");
        fs::resize_file(folder.work / "big", tools::maximumFileBytes + 1);
        const auto refused = tools::makeDiskFiles({folder.work})->read(folder.work / "big", {});
        QVERIFY(refused.error().message.find("is longer than 64 MB") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(FilesTest)
#include "files_test.moc"
