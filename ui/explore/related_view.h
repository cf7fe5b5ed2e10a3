#pragma once

#include "ui/explore/related_lists.h"

#include <QScrollArea>

#include <memory>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace ui {

/// What belongs to an item: where one can go from it, and the short lists with names. The lists are loaded when the view shows.
class RelatedView : public QScrollArea
{
    Q_OBJECT

public:
    explicit RelatedView(QWidget *parent = nullptr);
    ~RelatedView() override;

    void setItem(std::vector<Relation> relations, std::vector<RelatedList> lists, std::shared_ptr<posthog::Driver> driver);

    int count() const { return int(m_relations.size() + m_lists.size()); }
    bool isLoading() const { return m_loading > 0; }

signals:
    void relationChosen(const ui::Relation &relation);
    void loaded(); // all lists that show

protected:
    void showEvent(QShowEvent *event) override;

private:
    struct Block { // of one list
        QWidget *box;
        QVBoxLayout *lines;
        QLabel *title;
    };

    void load();
    void loadList(std::size_t index);
    void showLines(std::size_t index, const ph::Result<std::vector<RelatedLine>> &lines);
    Block makeBlock(const RelatedList &list);
    QPushButton *makeRow(const QString &icon, const QString &title, const QString &detail, const Relation &go);
    void say(std::size_t index, const QString &text, const char *role);

    std::shared_ptr<posthog::Driver> m_driver;
    std::vector<Relation> m_relations;
    std::vector<RelatedList> m_lists;
    std::vector<Block> m_blocks;
    QVBoxLayout *m_column;
    bool m_isLoaded = false;
    int m_loading = 0;
    std::stop_source m_stop;
};

} // namespace ui
