#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QThread>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace {

struct Sample {
    double firstPaintMs = 0;
    double residentMb = 0;
};

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[values.size() / 2];
}

double residentMb(qint64 pid)
{
    QFile status(QString("/proc/%1/status").arg(pid));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n'))
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').first().toDouble() / 1024;
    return 0;
}

/// From the start of the process to its line "first-paint"; resident memory two seconds later, when the page has loaded.
bool measure(const QString &program, const QStringList &arguments, const QProcessEnvironment &environment, Sample &sample)
{
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    QElapsedTimer timer;
    timer.start();
    process.start(program, arguments);
    QByteArray seen;
    while (!seen.contains("first-paint")) {
        if (!process.waitForReadyRead(20'000)) {
            std::fprintf(stderr, "%s did not paint within 20 s\n", qPrintable(program));
            process.kill();
            process.waitForFinished();
            return false;
        }
        seen += process.readAllStandardOutput();
    }
    sample.firstPaintMs = double(timer.nsecsElapsed()) / 1e6;
    QThread::msleep(2000);
    sample.residentMb = residentMb(process.processId());
    process.terminate();
    if (!process.waitForFinished(5000))
        process.kill();
    return true;
}

} // namespace

/// first_paint_bench [RUNS]: hoglet against a bare Qt Widgets window, in turns, on the display of $DISPLAY (start one with Xvfb).
/// A `hoglet-project` of this run's own serves the demo data the whole time.
int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QString tests = QCoreApplication::applicationDirPath();
    const QString programs = QFileInfo(tests + "/../bin").canonicalFilePath();
    const int runs = argc > 1 ? std::max(1, QString(argv[1]).toInt()) : 10;
    if (qEnvironmentVariableIsEmpty("DISPLAY")) {
        std::fprintf(stderr, "No display. Start one, for example: Xvfb :9 -screen 0 1600x1000x24 & DISPLAY=:9 %s\n", argv[0]);
        return 2;
    }

    QTemporaryDir home;
    auto environment = QProcessEnvironment::systemEnvironment();
    for (const char *name : {"XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"})
        environment.insert(name, home.path());
    environment.insert("QT_QPA_PLATFORM", "xcb");

    QProcess project;
    project.setProcessEnvironment(environment);
    project.start(programs + "/hoglet-project", {"--print-env"});
    QByteArray printed;
    while (printed.count('\n') < 3) {
        if (!project.waitForReadyRead(30'000)) {
            std::fprintf(stderr, "hoglet-project did not come up\n");
            return 1;
        }
        printed += project.readAllStandardOutput();
    }

    std::vector<double> hogletPaint, hogletMemory, barePaint, bareMemory;
    for (int run = 0; run < runs; ++run) {
        Sample hoglet, bare;
        if (!measure(programs + "/hoglet", {"--project", "demo", "--say-first-paint"}, environment, hoglet)
            || !measure(tests + "/bench.bare_window", {}, environment, bare))
            return 1;
        hogletPaint.push_back(hoglet.firstPaintMs);
        hogletMemory.push_back(hoglet.residentMb);
        barePaint.push_back(bare.firstPaintMs);
        bareMemory.push_back(bare.residentMb);
    }
    project.terminate();
    project.waitForFinished(5000);

    std::printf("first paint, median of %d runs (demo project running)\n", runs);
    std::printf("  hoglet       %7.1f ms   %6.1f MB resident\n", median(hogletPaint), median(hogletMemory));
    std::printf("  bare window  %7.1f ms   %6.1f MB resident\n", median(barePaint), median(bareMemory));
    return 0;
}
