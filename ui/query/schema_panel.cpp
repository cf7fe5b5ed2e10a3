#include "ui/query/schema_panel.h"

#include "ui/query/schema_cache.h"
#include "ui/query/schema_model.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"

#include <QApplication>
#include <QLineEdit>
#include <QPainter>
#include <QStackedLayout>
#include <QStyledItemDelegate>
#include <QTreeView>
#include <QVBoxLayout>

namespace ui {

namespace {

/// One line: the name, then its type, and a sample or a volume at the right.
class SchemaDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Colors &colors = Theme::colors();
        if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
            QColor wash = option.state & QStyle::State_Selected ? colors.accent : colors.hover;
            if (option.state & QStyle::State_Selected)
                wash.setAlphaF(0.2);
            painter->fillRect(option.rect, wash);
        }
        const bool isGroup = index.data(SchemaModel::IsGroupRole).toBool();
        const QRect inner = option.rect.adjusted(isGroup ? space::xl : space::xs, 0, -space::m, 0);
        if (isGroup) {
            const bool isOpen = option.state & QStyle::State_Open;
            const QRect arrow(option.rect.left() + space::xs, option.rect.center().y() - 6, 14, 14);
            Theme::icon(isOpen ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"), colors.muted).paint(painter, arrow);
        }
        const QString name = index.data().toString();
        const QString detail = index.data(SchemaModel::DetailRole).toString();
        const QString type = index.data(SchemaModel::TypeRole).toString();

        const QFont small = Theme::textFont(0.9);
        const QFontMetrics smallMetrics(small);
        QFont nameFont = isGroup ? Theme::textFont() : Theme::codeFont();
        if (isGroup)
            nameFont.setWeight(QFont::DemiBold);
        const QFontMetrics nameMetrics(nameFont);

        // The name has the first right to room, then the type, then the sample.
        const int nameWidth = std::min(nameMetrics.horizontalAdvance(name), inner.width());
        int left = inner.width() - nameWidth - space::m;
        painter->setFont(nameFont);
        painter->setPen(colors.text);
        painter->drawText(inner, Qt::AlignVCenter | Qt::AlignLeft, nameMetrics.elidedText(name, Qt::ElideMiddle, inner.width()));
        painter->setFont(small);
        painter->setPen(colors.muted);
        if (!type.isEmpty() && left > smallMetrics.horizontalAdvance(type)) {
            painter->drawText(inner, Qt::AlignVCenter | Qt::AlignRight, type);
            left -= smallMetrics.horizontalAdvance(type) + space::m;
        }
        if (!detail.isEmpty() && left > 40) {
            const QRect box = inner.adjusted(0, 0, type.isEmpty() ? 0 : -smallMetrics.horizontalAdvance(type) - space::m, 0);
            painter->drawText(box, Qt::AlignVCenter | Qt::AlignRight, smallMetrics.elidedText(detail, Qt::ElideRight, left));
        }
    }

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {180, QFontMetrics(Theme::textFont()).height() + 10};
    }
};

} // namespace

SchemaPanel::SchemaPanel(QWidget *parent)
    : QWidget(parent)
    , m_model(new SchemaModel(this))
    , m_filter(new QLineEdit)
    , m_tree(new QTreeView)
    , m_state(new EmptyState)
    , m_stack(new QStackedLayout)
{
    m_filter->setPlaceholderText(tr("Filter events, fields, properties"));
    m_filter->setAccessibleName(tr("Filter the schema"));
    m_filter->setClearButtonEnabled(true);
    m_tree->setModel(m_model);
    m_tree->setItemDelegate(new SchemaDelegate(this));
    m_tree->setHeaderHidden(true);
    m_tree->setUniformRowHeights(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setMouseTracking(true);
    m_tree->setIndentation(space::xl - 4);
    m_tree->setRootIsDecorated(false); // the delegate draws the arrows
    m_tree->setExpandsOnDoubleClick(false);
    m_tree->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_tree->setAccessibleName(tr("Schema"));
    m_tree->setProperty("role", "bare");

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::s);
    layout->addWidget(m_filter);
    layout->addLayout(m_stack, 1);
    m_stack->addWidget(m_tree);
    m_stack->addWidget(m_state);

    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_model->setFilter(text);
        if (text.trimmed().isEmpty()) {
            m_tree->collapseAll();
            m_tree->expand(m_model->index(0, 0));
            return;
        }
        m_tree->expandAll();
        m_tree->setCurrentIndex(m_model->index(0, 0, m_model->index(0, 0)));
    });
    connect(m_filter, &QLineEdit::returnPressed, this, [this] { activate(m_tree->currentIndex()); });
    connect(m_tree, &QTreeView::activated, this, &SchemaPanel::activate);
    connect(m_tree, &QTreeView::clicked, this, [this](const QModelIndex &index) { // the whole line of a group is its arrow
        if (index.data(SchemaModel::IsGroupRole).toBool() && !m_clicked.isActive()) {
            m_tree->setExpanded(index, !m_tree->isExpanded(index));
            m_clicked.start(QApplication::doubleClickInterval()); // the second click of a double click changes nothing
        }
    });
    m_clicked.setSingleShot(true);
    connect(m_state, &EmptyState::actionTriggered, this, [this] { load(m_driver); });
}

SchemaPanel::~SchemaPanel() = default;

std::shared_ptr<const ProjectSchema> SchemaPanel::schema() const { return m_model->schema(); }

void SchemaPanel::load(std::shared_ptr<posthog::Driver> driver)
{
    m_reading.reset();
    m_driver = std::move(driver);
    if (!m_driver) {
        m_state->show(QStringLiteral("plug"), tr("No project"), tr("Connect a project to see its events and fields."));
        m_stack->setCurrentWidget(m_state);
        return;
    }
    if (m_model->rowCount() == 0) {
        m_state->showLoading(tr("Reading the schema"));
        m_stack->setCurrentWidget(m_state);
    }
    m_reading = SchemaCache::shared().read(m_driver);
    m_reading->result().then(this, [this, reading = std::weak_ptr(m_reading)](const std::shared_ptr<const ProjectSchema> &schema) {
        if (reading.expired() || reading.lock() != m_reading)
            return; // another project's by now
        if (schema->groups.empty()) {
            const QString message = schema->problems.empty() ? QString() : QString::fromStdString(schema->problems.front().message);
            m_state->show(QStringLiteral("error"), tr("The schema could not be read"), message, tr("Try again"));
            m_stack->setCurrentWidget(m_state);
            return;
        }
        SchemaCache::shared().keep(m_reading);
        m_model->setSchema(schema);
        m_tree->expand(m_model->index(0, 0));
        m_stack->setCurrentWidget(m_tree);
        emit loaded();
    });
}

void SchemaPanel::activate(const QModelIndex &index)
{
    const QString text = index.data(SchemaModel::InsertRole).toString();
    if (!text.isEmpty())
        emit insertRequested(text);
}

} // namespace ui
