#include "agent/permissions/command_sandbox.h"

#include <QCryptographicHash>
#include <QDirIterator>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace {

struct Ran {
    int code = -1;
    QString output;
};

Ran run(const QStringList &command, const fs::path &folder)
{
    QProcess process;
    process.setWorkingDirectory(QString::fromStdString(folder.string()));
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(command[0], command.mid(1));
    if (!process.waitForFinished(20'000))
        process.kill();
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAll()};
}

/// Everything of a tree that a command could change.
QByteArray hashOf(const fs::path &root)
{
    QStringList lines;
    QDirIterator entries(QString::fromStdString(root.string()), QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (entries.hasNext()) {
        const QString path = entries.next();
        struct stat status {};
        ::lstat(path.toUtf8().constData(), &status);
        QFile file(path);
        const QByteArray content = S_ISREG(status.st_mode) && file.open(QFile::ReadOnly) ? file.readAll() : S_ISLNK(status.st_mode) ? QFile::symLinkTarget(path).toUtf8() : QByteArray();
        lines << QString("%1 %2 %3 %4.%5 %6").arg(path).arg(status.st_mode).arg(status.st_uid).arg(status.st_mtim.tv_sec).arg(status.st_mtim.tv_nsec).arg(QString::fromLatin1(content.toHex()));
    }
    lines.sort();
    return QCryptographicHash::hash(lines.join('\n').toUtf8(), QCryptographicHash::Sha256);
}

/// Command lines that write in every way, at files of the tree by relative and absolute names.
class WritingCommands
{
public:
    WritingCommands(unsigned seed, const fs::path &root)
        : m_random(seed)
        , m_root(QString::fromStdString(root.string()))
    {
    }

    QString next()
    {
        QString line = simple();
        for (int more = below(3); more > 0; --more)
            line += pick({"; ", " && ", " || ", " | ", " & ", "\n"}) + simple();
        switch (below(8)) {
        case 0: return "(" + line + ")";
        case 1: return "bash -c \"" + line.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$").replace('`', "\\`") + "\"";
        case 2: return "timeout 5 env X=1 bash -c '" + line.replace('\'', "'\\''") + "'";
        case 3: return "x=$(" + line + "\n)";
        default: return line;
        }
    }

private:
    int below(int bound) { return int(m_random.bounded(bound)); }
    QString pick(const QStringList &from) { return from[below(int(from.size()))]; }
    QString file()
    {
        const QString name = pick({"a.txt", "src/b.c", "src", ".git/config", ".git/hooks/pre-commit", "new", "src/new", "run.sh", ".", "link", ".git/index"});
        return below(2) ? name : m_root + "/" + name;
    }
    QString simple()
    {
        const QString one = file();
        const QString two = file();
        QString line = pick({"rm -rf %1", "echo x > %1", "echo x >> %1", ": >| %1", "sed -i s/a/b/ %1", "mv %1 %2", "cp -rf %1 %2", "mkdir -p %1/d", "touch %1", "chmod 777 %1", "chmod -R a+x .", "chown 1:1 %1",
                     "ln -sf ../other %1", "ln %1 %2", "truncate -s 0 %1", "dd if=/dev/zero of=%1 count=1 status=none", "tee %1 < /dev/null", "git config a.b c", "git add -A", "git commit -qam x",
                     "git checkout -q -b b%3", "git stash", "git clean -fdx", "git gc -q", "git -c core.fsmonitor=./run.sh status", "find . -delete", "find . -exec rm -rf {} +", "find . -fprint %1",
                     "cat > %1 <<'E'\nx\nE", "exec 3> %1; echo x >&3", "sort -o %1 a.txt", "tar cf %1 src", "tar cf - src | tar xf - -C .git", "python3 -c 'open(\"%1\",\"w\")'", "perl -i -pe s/a/b/ %1",
                     "awk 'BEGIN{print 1 > \"%1\"}'", "mount -o remount,rw / ; echo x > %1", "mount -o remount,bind,rw . ; echo x > %1", "umount -l . ; echo x > %1", "unshare -Urm bash -c 'mount -o remount,rw /; echo x > %1'",
                     "mount -t tmpfs x src", "kill -9 -1", "install /dev/null %1", "rmdir src", "unlink %1", "echo x > /proc/self/cwd/%1", "echo x > /proc/1/root%1", "cd src && echo x > ../a.txt",
                     "bash -c 'echo x >&3' 3> %1", "setfattr -n user.a -v b %1", "mknod p%3 p", "printf x | xargs -I{} cp a.txt {}", "patch %1 < a.txt", "ed -s %1 <<< 'a\nx\n.\nw'", "shred -u %1"});
        return line.replace("%1", one).replace("%2", two).replace("%3", QString::number(below(100)));
    }

    QRandomGenerator m_random;
    const QString m_root;
};

} // namespace

class CommandSandboxTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (!permissions::sandboxSupport().works)
            QSKIP(permissions::sandboxSupport().reason.c_str());
    }

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_base = fs::canonical(m_folder->path().toStdString());
        m_root = m_base / "repo";
        makeTree(m_root);
    }

    void readsTheTreeAndRunsItsPrograms()
    {
        const auto ran = runInSandbox("cat a.txt && ./run.sh && git status --short | wc -l && pwd");
        QCOMPARE(ran.output, QString("aaa\nran\n0\n%1\n").arg(QString::fromStdString(m_root.string())));
        QCOMPARE(ran.code, 0);
        QCOMPARE(runInSandbox("exit 7").code, 7);
    }

    void hasATemporaryFolderOfItsOwn()
    {
        QCOMPARE(runInSandbox("echo x > /tmp/x && cat /tmp/x").output, QString("x\n"));
        QVERIFY(!fs::exists("/tmp/x") || runInSandbox("ls /tmp/x").code != 0);
    }

    void showsNoKeys()
    {
        qputenv("ANTHROPIC_API_KEY", "sk-ant-canary");
        qputenv("POSTHOG_PERSONAL_API_KEY", "phx_canary");
        const QByteArray home = qgetenv("HOME");
        qputenv("HOME", QByteArray::fromStdString((m_base / "home").string()));
        fs::create_directories(m_base / "home/.ssh");
        fs::create_directories(m_base / "home/.config/hoglet");
        for (const char *file : {"home/.ssh/id_rsa", "home/.config/hoglet/settings", "home/.netrc"})
            std::ofstream(m_base / file) << "canary";

        // The home folder is visible here only because a root is beneath it.
        const auto ran = runInSandbox("env; cat ~/.ssh/* ~/.config/hoglet/* ~/.netrc; cat /proc/*/environ | tr '\\0' '\\n'", {m_root, m_base / "home"});
        qputenv("HOME", home);
        qunsetenv("ANTHROPIC_API_KEY");
        qunsetenv("POSTHOG_PERSONAL_API_KEY");
        QVERIFY2(!ran.output.contains("canary"), qPrintable(ran.output));
        QVERIFY(ran.output.contains("PATH="));
    }

    void reachesNoNetwork()
    {
        const int server = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        QVERIFY(::bind(server, reinterpret_cast<sockaddr *>(&address), size) == 0 && ::listen(server, 4) == 0);
        ::getsockname(server, reinterpret_cast<sockaddr *>(&address), &size);
        const std::string connect = "exec 3<>/dev/tcp/127.0.0.1/" + std::to_string(ntohs(address.sin_port));

        QCOMPARE(run({"bash", "-c", QString::fromStdString(connect)}, m_root).code, 0);
        QVERIFY(runInSandbox(connect).code != 0);
        ::close(server);
    }

    void endsWithTheProcessThatStartedIt()
    {
        QString script;
        for (const auto &word : permissions::sandboxedCommand("sleep 1000", setting({m_root})))
            script += "'" + QString::fromStdString(word).replace('\'', "'\\''") + "' ";
        QProcess parent;
        parent.start("bash", {"-c", script + "& echo $!; wait"});
        QVERIFY(parent.waitForReadyRead());
        const auto child = parent.readLine().trimmed().toInt();
        QVERIFY(child > 0);
        QTest::qWait(200);
        QCOMPARE(::kill(child, 0), 0);
        parent.kill();
        parent.waitForFinished();

        QTRY_VERIFY(::kill(child, 0) != 0);
    }

    // The generator's commands do write, where nothing stops them.
    void theCommandsChangeATreeThatIsNotHeld()
    {
        WritingCommands commands(1, m_root);
        int changed = 0;
        for (int i = 0; i < 15; ++i) {
            const auto before = hashOf(m_root);
            QString command = commands.next();
            while (command.contains("mount") || command.contains("kill") || command.contains("/proc") || command.contains("unshare"))
                command = commands.next();
            run({"bash", "-c", command}, m_root);
            changed += hashOf(m_root) != before;
            fs::remove_all(m_root);
            makeTree(m_root);
        }
        QVERIFY2(changed >= 8, qPrintable(QString::number(changed)));
    }

    void leavesTheTreeAsItIsWhateverRuns()
    {
        const int count = qEnvironmentVariableIsSet("HOGLET_LONG") ? 10'000 : 300;
        WritingCommands commands(7, m_root);
        const auto before = hashOf(m_base);
        for (int i = 0; i < count; ++i) {
            const QString command = commands.next();
            runInSandbox(command.toStdString());
            if (i % 20 == 19 || i + 1 == count)
                QVERIFY2(hashOf(m_base) == before, qPrintable(command));
        }
    }

private:
    static void makeTree(const fs::path &root)
    {
        fs::create_directories(root / "src");
        std::ofstream(root / "a.txt") << "aaa\n";
        std::ofstream(root / "src/b.c") << "b\n";
        std::ofstream(root / "run.sh") << "#!/bin/sh\necho ran\n";
        fs::permissions(root / "run.sh", fs::perms::owner_all);
        fs::create_symlink("a.txt", root / "link");
        run({"bash", "-c", "git init -q && git add -A && git -c user.name=a -c user.email=a@b.example commit -qm x"}, root);
    }

    permissions::SandboxSetting setting(std::vector<fs::path> roots) const { return {m_root, std::move(roots), permissions::sandboxEnvironment()}; }

    Ran runInSandbox(const std::string &command) { return runInSandbox(command, {m_root}); }
    Ran runInSandbox(const std::string &command, std::vector<fs::path> roots)
    {
        QStringList words;
        for (const auto &word : permissions::sandboxedCommand(command, setting(std::move(roots))))
            words << QString::fromStdString(word);
        return run(words, m_root);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path m_base;
    fs::path m_root;
};

QTEST_GUILESS_MAIN(CommandSandboxTest)
#include "command_sandbox_test.moc"
