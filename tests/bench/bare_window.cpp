#include <QApplication>
#include <QMainWindow>
#include <QTimer>

#include <cstdio>
#include <utility>

namespace {

/// Says so when it has painted for the first time: the least that a Qt Widgets window costs, for first_paint_bench.
class BareWindow : public QMainWindow
{
protected:
    void paintEvent(QPaintEvent *event) override
    {
        QMainWindow::paintEvent(event);
        if (std::exchange(m_said, true))
            return;
        QTimer::singleShot(0, [] {
            std::puts("first-paint");
            std::fflush(stdout);
        });
    }

private:
    bool m_said = false;
};

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    BareWindow window;
    window.resize(1280, 800);
    window.show();
    return QApplication::exec();
}
