#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace {

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[values.size() / 2];
}

/// CPU seconds, user and system, that a running process and all of its threads have used.
double cpuSeconds(qint64 pid)
{
    QFile stat(QString("/proc/%1/stat").arg(pid));
    if (!stat.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray text = stat.readAll();
    const QList<QByteArray> fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    return fields.size() > 12 ? (fields[11].toDouble() + fields[12].toDouble()) / double(sysconf(_SC_CLK_TCK)) : 0;
}

/// CPU seconds of the children that have ended.
double cpuOfChildren()
{
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

struct Run {
    double wall = 0;
    double cpu = 0;
    bool succeeded = false;
};

Run run(const QString &program, const QStringList &arguments, const QProcessEnvironment &environment)
{
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setStandardErrorFile(QProcess::nullDevice());
    QElapsedTimer timer;
    const double before = cpuOfChildren();
    timer.start();
    process.start(program, arguments);
    const bool ended = process.waitForFinished(120'000);
    return {double(timer.nsecsElapsed()) / 1e9, cpuOfChildren() - before, ended && process.exitCode() == 0};
}

} // namespace

/// funnel_bench GOLDEN.PY [RUNS]: the whole guided funnel, headless, on a running demo project: what the agent and the project compute.
/// Beside it the independent script that works out the same answers (and some more) from the CSV dump in plain Python.
int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s tests/driver/localproject/golden/golden.py [RUNS]\n", argv[0]);
        return 2;
    }
    const QString script = argv[1];
    const int runs = argc > 2 ? std::max(1, QString(argv[2]).toInt()) : 5;
    const QString programs = QFileInfo(QCoreApplication::applicationDirPath() + "/../bin").canonicalFilePath();

    QTemporaryDir home;
    auto environment = QProcessEnvironment::systemEnvironment();
    for (const char *name : {"XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"})
        environment.insert(name, home.path());

    QProcess project;
    project.setProcessEnvironment(environment);
    project.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    project.start(programs + "/hoglet-project", {"--print-env"});
    QByteArray printed;
    while (printed.count('\n') < 3) {
        if (!project.waitForReadyRead(60'000)) {
            std::fprintf(stderr, "hoglet-project did not come up\n");
            return 1;
        }
        printed += project.readAllStandardOutput();
    }

    std::vector<double> wall, agent, served;
    for (int i = 0; i < runs; ++i) {
        const double before = cpuSeconds(project.processId());
        const Run funnel = run(programs + "/hoglet-agent",
                               {"workflow", "funnel-drop-off", "--project", "demo", "--out", home.filePath(QString("report%1").arg(i))}, environment);
        if (!funnel.succeeded) {
            std::fprintf(stderr, "the workflow failed\n");
            return 1;
        }
        wall.push_back(funnel.wall);
        agent.push_back(funnel.cpu);
        served.push_back(cpuSeconds(project.processId()) - before);
    }
    project.terminate();
    project.waitForFinished(10'000);

    const QString dump = home.filePath("dump");
    if (!run(programs + "/hoglet-project", {"dump", "--csv", dump}, environment).succeeded) {
        std::fprintf(stderr, "the dump failed\n");
        return 1;
    }
    const Run python = run("python3", {script, dump}, environment);

    std::printf("guided funnel, headless, median of %d runs (demo project running)\n", runs);
    std::printf("  hoglet-agent + project  %6.2f s of computing (agent %.2f, project %.2f), %.2f s in all\n",
                median(agent) + median(served), median(agent), median(served), median(wall));
    if (python.succeeded)
        std::printf("  golden.py over the CSV  %6.2f s of computing, %.2f s in all\n", python.cpu, python.wall);
    else
        std::printf("  golden.py over the CSV  did not run\n");
    return 0;
}
