#include "ui/query/properties_view.h"

#include "ui/query/cell_text.h"
#include "ui/shell/theme.h"
#include "ui/shell/tool_tip.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QStandardItemModel>
#include <QStyledItemDelegate>

#include <algorithm>

namespace ui {

namespace {

constexpr int valueRole = Qt::UserRole + 1; // the value as JSON text
constexpr int pathRole = Qt::UserRole + 2;
constexpr int sectionRole = Qt::UserRole + 3;
constexpr int deepest = 12;

/// Three columns in one look: name in the code font, value plain, type muted.
class PropertyDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Colors &colors = Theme::colors();
        if (index.data(sectionRole).toBool()) {
            QFont font = Theme::textFont(0.9);
            font.setWeight(QFont::DemiBold);
            painter->setFont(font);
            painter->setPen(colors.muted);
            painter->drawText(option.rect.adjusted(space::xs, 0, -space::s, -3), Qt::AlignBottom | Qt::AlignLeft, index.data().toString());
            return;
        }
        if (option.state & QStyle::State_Selected) {
            QColor wash = colors.accent;
            wash.setAlphaF(0.2);
            painter->fillRect(option.rect, wash);
        } else if (option.state & QStyle::State_MouseOver) {
            painter->fillRect(option.rect, colors.hover);
        }
        const QRect inner = option.rect.adjusted(space::xs, 0, -space::s, 0);
        const QString type = index.siblingAtColumn(2).data().toString();
        QFont font = index.column() == 0 ? Theme::codeFont() : Theme::textFont(index.column() == 2 ? 0.9 : 1);
        font.setItalic(index.column() == 1 && type == QLatin1String("null"));
        const bool muted = index.column() == 2 || font.italic();
        painter->setFont(font);
        painter->setPen(muted ? colors.muted : colors.text);
        const QFontMetrics metrics(font);
        painter->drawText(inner, Qt::AlignVCenter | Qt::AlignLeft,
                          metrics.elidedText(index.data().toString(), index.column() == 0 ? Qt::ElideMiddle : Qt::ElideRight, inner.width()));
    }

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {100, QFontMetrics(Theme::textFont()).height() + 10}; }
};

bool looksLikeMoment(const std::string &text)
{
    return text.size() >= 19 && text[4] == '-' && text[7] == '-' && (text[10] == 'T' || text[10] == ' ') && text[13] == ':';
}

} // namespace

QString jsonTypeWord(const ph::Json &value)
{
    if (value.is_null())
        return QStringLiteral("null");
    if (value.is_boolean())
        return QStringLiteral("yes/no");
    if (value.is_number())
        return QStringLiteral("number");
    if (value.is_array())
        return QStringLiteral("list");
    if (value.is_object())
        return QStringLiteral("object");
    return looksLikeMoment(value.get_ref<const std::string &>()) ? QStringLiteral("time") : QStringLiteral("text");
}

PropertiesView::PropertiesView(QWidget *parent)
    : QTreeView(parent)
    , m_model(new QStandardItemModel(this))
{
    m_model->setHorizontalHeaderLabels({tr("Property"), tr("Value"), tr("Type")});
    setModel(m_model);
    setItemDelegate(new PropertyDelegate(this));
    setAccessibleName(tr("Properties"));
    setFrameShape(QFrame::NoFrame);
    setProperty("role", "bare");
    setUniformRowHeights(true);
    setMouseTracking(true);
    setIndentation(space::l);
    setEditTriggers(NoEditTriggers);
    setSelectionBehavior(SelectRows);
    setTabKeyNavigation(false);
    header()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header()->setStretchLastSection(false);
    header()->setSectionResizeMode(0, QHeaderView::Interactive);
    header()->setSectionResizeMode(1, QHeaderView::Stretch);
    header()->setSectionResizeMode(2, QHeaderView::Fixed);
    header()->resizeSection(2, 72);
}

void PropertiesView::setProperties(const std::vector<Property> &properties)
{
    m_model->removeRows(0, m_model->rowCount());
    m_nameWidth = 0;
    const QFontMetrics metrics(Theme::codeFont());
    bool nested = false;
    std::string section;
    for (const Property &property : properties) {
        if (property.section != section)
            addSection(QString::fromStdString(section = property.section));
        QStandardItem *item = addRow(m_model->invisibleRootItem(), property.name, property.value, property.type, 0);
        item->setData(QString::fromStdString(property.path.empty() ? property.name : property.path), pathRole);
        m_nameWidth = std::max(m_nameWidth, metrics.horizontalAdvance(QString::fromStdString(property.name)));
        nested = nested || (property.value.is_structured() && !property.value.empty());
    }
    setRootIsDecorated(nested);
    fitNames();
}

void PropertiesView::fitNames()
{
    const int indent = (rootIsDecorated() ? indentation() : 0) + 2 * space::s;
    header()->resizeSection(0, std::clamp(m_nameWidth + indent, 72, std::max(72, viewport()->width() * 45 / 100)));
}

void PropertiesView::resizeEvent(QResizeEvent *event)
{
    QTreeView::resizeEvent(event);
    fitNames();
}

void PropertiesView::drawBranches(QPainter *painter, const QRect &rect, const QModelIndex &index) const
{
    if (!model()->hasChildren(index))
        return;
    const QRect arrow(rect.right() - 15, rect.center().y() - 6, 14, 14);
    Theme::icon(isExpanded(index) ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"), Theme::colors().muted).paint(painter, arrow);
}

void PropertiesView::addSection(const QString &title)
{
    auto *item = new QStandardItem(title);
    item->setData(true, sectionRole);
    item->setFlags(Qt::NoItemFlags);
    m_model->appendRow(item);
    setFirstColumnSpanned(m_model->rowCount() - 1, {}, true);
}

QStandardItem *PropertiesView::addRow(QStandardItem *parent, const std::string &name, const ph::Json &value, const std::string &type, int depth)
{
    const QString word = type.empty() ? jsonTypeWord(value) : QString::fromStdString(type).toLower();
    auto *nameItem = new QStandardItem(QString::fromStdString(name));
    auto *valueItem = new QStandardItem(value.is_string() && value.get_ref<const std::string &>().empty()
                                            ? tr("(empty)")
                                            : cellText(value, posthog::ColumnKind::Text));
    auto *typeItem = new QStandardItem(value.is_null() ? QStringLiteral("null") : word);
    nameItem->setToolTip(plainToolTip(QString::fromStdString(name)));
    valueItem->setToolTip(plainToolTip(cellValue(value).left(4000)));
    nameItem->setData(QString::fromStdString(value.dump(-1, ' ', false, ph::Json::error_handler_t::replace)), valueRole);
    if (value.is_structured() && !value.empty() && depth < deepest) {
        if (value.is_object()) {
            for (const auto &[key, inner] : value.items())
                addRow(nameItem, key, inner, "", depth + 1);
        } else {
            for (std::size_t i = 0; i < value.size() && i < 200; ++i)
                addRow(nameItem, std::to_string(i + 1), value[i], "", depth + 1);
        }
    }
    parent->appendRow({nameItem, valueItem, typeItem});
    return nameItem;
}

void PropertiesView::setFilter(const QString &text)
{
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (m_model->item(row, 0)->data(sectionRole).toBool()) {
            setRowHidden(row, {}, !text.trimmed().isEmpty());
            continue;
        }
        const bool fits = text.trimmed().isEmpty() || m_model->item(row, 0)->text().contains(text.trimmed(), Qt::CaseInsensitive)
            || m_model->item(row, 1)->toolTip().contains(text.trimmed(), Qt::CaseInsensitive);
        setRowHidden(row, {}, !fits);
    }
}

int PropertiesView::shownCount() const
{
    int count = 0;
    for (int row = 0; row < m_model->rowCount(); ++row)
        count += isRowHidden(row, {}) || m_model->item(row, 0)->data(sectionRole).toBool() ? 0 : 1;
    return count;
}

void PropertiesView::copyValue(const QModelIndex &index)
{
    const ph::Json value = ph::Json::parse(index.siblingAtColumn(0).data(valueRole).toString().toStdString(), nullptr, false);
    QApplication::clipboard()->setText(cellValue(value));
    emit copied(tr("the value of %1").arg(index.siblingAtColumn(0).data().toString()));
}

void PropertiesView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy) && currentIndex().isValid()) {
        copyValue(currentIndex());
        event->accept();
        return;
    }
    QTreeView::keyPressEvent(event);
}

void PropertiesView::contextMenuEvent(QContextMenuEvent *event)
{
    QModelIndex index = indexAt(viewport()->mapFromGlobal(event->globalPos()));
    QPoint at = event->globalPos();
    if (event->reason() == QContextMenuEvent::Keyboard) {
        index = currentIndex();
        at = viewport()->mapToGlobal(visualRect(index).bottomLeft());
    }
    if (!index.isValid())
        return;
    if (index.data(sectionRole).toBool())
        return;
    const QString name = index.siblingAtColumn(0).data().toString();
    const QString path = index.siblingAtColumn(0).data(pathRole).toString();
    const ph::Json value = ph::Json::parse(index.siblingAtColumn(0).data(valueRole).toString().toStdString(), nullptr, false);
    QMenu menu(this);
    menu.addAction(tr("Copy value\tCtrl+C"), this, [&] { copyValue(index); });
    menu.addAction(tr("Copy name"), this, [&] {
        QApplication::clipboard()->setText(name);
        emit copied(tr("the name"));
    });
    if (value.is_structured())
        menu.addAction(tr("Copy as indented JSON"), this, [&] {
            QApplication::clipboard()->setText(QString::fromStdString(value.dump(2)));
            emit copied(tr("JSON"));
        });
    if (!index.parent().isValid() && !value.is_structured())
        menu.addAction(tr("Show only rows with this value"), this, [&] { emit filterRequested(path, value); });
    menu.exec(at);
}

} // namespace ui
