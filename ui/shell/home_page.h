#pragma once

#include "ui/shell/document.h"
#include "ui/shell/workbench.h"

#include <functional>
#include <vector>

class QVBoxLayout;

namespace ui {

/// One line of Home that does something.
struct HomeEntry {
    QString iconName;
    QString title;
    QString detail; // muted, at the right
    std::function<void()> run;
};

/// A part of Home. `load` gives its entries now or later, on the main thread; `changed` may be connected to have it asked again.
struct HomeSection {
    QString title;
    QString emptyText; // empty: the section hides when it has no entries
    std::function<void(std::function<void(std::vector<HomeEntry>)> then)> load;
};

/// What Home is made of; filled by app, lives as long as the window.
struct HomeContent {
    std::vector<HomeEntry> quickStarts;                                  // cards; `detail` is their second line
    std::vector<std::function<QWidget *(Workbench &)>> widgets;          // whole parts of other pages, such as the workflows
    std::vector<HomeSection> sections;
};

/// What waits for the user and what they did last. Kind "home".
class HomePage : public Document
{
    Q_OBJECT

public:
    HomePage(Workbench &workbench, const HomeContent &content, QWidget *parent = nullptr);

    QString kind() const override { return "home"; }
    QString title() const override { return tr("Home"); }
    QString iconName() const override { return "home"; }

    void refresh();

protected:
    void showEvent(QShowEvent *event) override;

private:
    struct Shown {
        QWidget *whole;
        QVBoxLayout *rows;
    };

    const HomeContent &m_content;
    std::vector<Shown> m_sections;
};

} // namespace ui
