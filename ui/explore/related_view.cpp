#include "ui/explore/related_view.h"

#include "ui/query/cell_text.h"
#include "ui/shell/elided_label.h"
#include "ui/shell/background.h"
#include "ui/shell/theme.h"
#include "ui/shell/tool_tip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr std::size_t shownLines = 12;

void empty(QVBoxLayout *layout)
{
    while (QLayoutItem *item = layout->takeAt(0)) {
        if (QWidget *widget = item->widget()) {
            widget->hide();
            widget->deleteLater(); // not now: a click on it may be what leads here
        }
        delete item;
    }
}

} // namespace

RelatedView::RelatedView(QWidget *parent)
    : QScrollArea(parent)
{
    auto *content = new QWidget;
    content->setProperty("role", "plain");
    m_column = new QVBoxLayout(content);
    m_column->setContentsMargins(space::xs, space::s, space::xs, space::s);
    m_column->setSpacing(2);
    setWidget(content);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

RelatedView::~RelatedView() { m_stop.request_stop(); }

void RelatedView::setItem(std::vector<Relation> relations, std::vector<RelatedList> lists, std::shared_ptr<posthog::Driver> driver)
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    m_relations = std::move(relations);
    m_lists = std::move(lists);
    m_driver = std::move(driver);
    m_isLoaded = false;
    m_loading = 0;
    m_blocks.clear();
    empty(m_column);
    if (count() == 0) {
        auto *none = new QLabel(tr("Nothing is known to belong to this."));
        none->setProperty("role", "muted");
        none->setContentsMargins(space::s, space::s, space::s, space::s);
        none->setWordWrap(true);
        m_column->addWidget(none);
    }
    for (const Relation &relation : m_relations)
        m_column->addWidget(makeRow(relation.icon, relation.title, relation.description, relation));
    for (const RelatedList &list : m_lists) {
        m_blocks.push_back(makeBlock(list));
        m_column->addWidget(m_blocks.back().box);
    }
    m_column->addStretch(1);
    if (isVisible())
        load();
}

void RelatedView::showEvent(QShowEvent *event)
{
    QScrollArea::showEvent(event);
    load();
}

void RelatedView::load()
{
    if (m_isLoaded || !m_driver)
        return;
    m_isLoaded = true;
    for (std::size_t i = 0; i < m_lists.size(); ++i)
        loadList(i);
}

void RelatedView::loadList(std::size_t index)
{
    ++m_loading;
    say(index, tr("Loading…"), "small");
    inBackground([driver = m_driver, load = m_lists[index].load, stop = m_stop.get_token()] { return load(*driver, stop); })
        .then(this, [this, index, stop = m_stop.get_token()](const ph::Result<std::vector<RelatedLine>> &lines) {
            if (stop.stop_requested())
                return;
            --m_loading;
            showLines(index, lines);
            if (m_loading == 0)
                emit loaded();
        });
}

void RelatedView::showLines(std::size_t index, const ph::Result<std::vector<RelatedLine>> &lines)
{
    const RelatedList &list = m_lists[index];
    const Block &block = m_blocks[index];
    if (!lines) {
        say(index, QString::fromStdString(lines.error().message), "error");
        auto *again = new QPushButton(tr("Try again"));
        again->setAccessibleName(tr("Load %1 again").arg(list.title));
        connect(again, &QPushButton::clicked, this, [this, index] { loadList(index); });
        block.lines->addWidget(again, 0, Qt::AlignLeft);
        return;
    }
    block.title->setText(QStringLiteral("%1  %2").arg(list.title, groupedNumber(qint64(lines->size()))));
    if (lines->empty()) {
        say(index, list.none, "small");
        return;
    }
    empty(block.lines);
    for (std::size_t i = 0; i < std::min(shownLines, lines->size()); ++i) {
        const RelatedLine &line = (*lines)[i];
        block.lines->addWidget(makeRow(list.icon, line.title, line.detail, line.go));
    }
    if (lines->size() > shownLines) {
        const QString more = tr("%1 more").arg(groupedNumber(qint64(lines->size() - shownLines)));
        if (list.whole)
            block.lines->addWidget(makeRow("more", more, tr("All of them, as a query."), *list.whole));
        else
            block.lines->addWidget(new QLabel(more));
    }
}

RelatedView::Block RelatedView::makeBlock(const RelatedList &list)
{
    Block block{new QWidget, new QVBoxLayout, new QLabel(list.title)};
    block.title->setProperty("role", "heading");
    block.title->setTextFormat(Qt::PlainText);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(space::s, space::m, space::xs, 0);
    head->addWidget(block.title, 1);
    if (list.whole) {
        auto *query = new QToolButton;
        query->setIcon(Theme::icon(QStringLiteral("hogql")));
        query->setIconSize({14, 14});
        query->setToolTip(tr("As a HogQL query"));
        query->setAccessibleName(tr("%1 as a HogQL query").arg(list.title));
        connect(query, &QToolButton::clicked, this, [this, whole = *list.whole] { emit relationChosen(whole); });
        head->addWidget(query);
    }
    block.lines->setContentsMargins(0, 0, 0, 0);
    block.lines->setSpacing(2);
    auto *column = new QVBoxLayout(block.box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::xs);
    column->addLayout(head);
    column->addLayout(block.lines);
    return block;
}

void RelatedView::say(std::size_t index, const QString &text, const char *role)
{
    empty(m_blocks[index].lines);
    auto *label = new QLabel(text);
    label->setProperty("role", role);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setContentsMargins(space::s, 0, space::s, 0);
    m_blocks[index].lines->addWidget(label);
}

QPushButton *RelatedView::makeRow(const QString &iconName, const QString &title, const QString &detail, const Relation &go)
{
    auto *button = new QPushButton;
    button->setProperty("role", "row");
    button->setAccessibleName(title);
    button->setAccessibleDescription(detail);
    auto *icon = new QLabel;
    icon->setPixmap(Theme::icon(iconName, Theme::colors().muted).pixmap(18, 18));
    auto *name = new ElidedLabel;
    name->setWholeText(title);
    auto *way = new QLabel;
    const QString arrow = go.kind.isEmpty() ? QStringLiteral("external") : go.kind == "hogql" ? QStringLiteral("hogql") : QStringLiteral("chevron-right");
    way->setPixmap(Theme::icon(arrow, Theme::colors().muted).pixmap(14, 14));
    auto *lines = new QVBoxLayout;
    lines->setSpacing(1);
    lines->addWidget(name);
    if (!detail.isEmpty()) {
        auto *text = new ElidedLabel;
        text->setProperty("role", "small");
        text->setWholeText(detail);
        lines->addWidget(text);
    }
    auto *row = new QHBoxLayout(button);
    row->setContentsMargins(space::s, space::xs, space::s, space::xs);
    row->setSpacing(space::m);
    row->addWidget(icon);
    row->addLayout(lines, 1);
    row->addWidget(way);
    const auto labels = button->findChildren<QLabel *>();
    for (QLabel *label : labels) {
        label->setAttribute(Qt::WA_TransparentForMouseEvents);
        if (label == icon || label == way)
            continue;
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // gives way instead of widening the pane
    }
    button->setToolTip(plainToolTip(detail.isEmpty() ? title : title + '\n' + detail));
    button->setFixedHeight(QFontMetrics(Theme::textFont()).height() + QFontMetrics(Theme::textFont(0.92)).height() + space::l + space::xs);
    connect(button, &QPushButton::clicked, this, [this, go] { emit relationChosen(go); });
    return button;
}

} // namespace ui
