#include "ui/explore/filter_button.h"

#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QTimer>
#include <QWidgetAction>

namespace ui {

FilterButton::FilterButton(SavedFilters &filters, QWidget *parent)
    : QToolButton(parent)
    , m_filters(filters)
{
    setIcon(Theme::icon(QStringLiteral("star")));
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setPopupMode(QToolButton::InstantPopup);
    setFocusPolicy(Qt::StrongFocus);
    setMenu(new QMenu(this));
    connect(menu(), &QMenu::aboutToShow, this, &FilterButton::fillMenu);
    connect(&m_filters, &SavedFilters::changed, this, &FilterButton::refresh);
    refresh();
}

void FilterButton::setPlace(const QJsonObject &place)
{
    m_place = place;
    refresh();
}

void FilterButton::refresh()
{
    QString name = tr("Filters");
    for (const SavedFilter &filter : m_filters.of(m_place["object"].toString())) {
        if (filter.fits(m_place))
            name = filter.name;
    }
    setText(QFontMetrics(font()).elidedText(name, Qt::ElideRight, 180).replace('&', "&&"));
    setToolTip(tr("Saved filters of this list"));
    setAccessibleName(tr("Saved filters: %1").arg(name));
}

void FilterButton::saveAs(const QString &name)
{
    const QString text = name.simplified();
    if (text.isEmpty() || (m_place["search"].toString().isEmpty() && m_place["where"].toString().isEmpty()))
        return;
    m_filters.keep({text, m_place["object"].toString(), m_place["search"].toString(), m_place["where"].toString(), m_place["values"].toObject()});
    emit said(tr("Saved the filter “%1”").arg(text));
}

QLineEdit *FilterButton::nameEdit() const { return m_name; }

void FilterButton::fillMenu()
{
    QMenu *list = menu();
    list->clear();
    const auto saved = m_filters.of(m_place["object"].toString());
    const bool isFiltered = !m_place["search"].toString().isEmpty() || !m_place["where"].toString().isEmpty();
    if (isFiltered) {
        auto *row = new QWidget(list);
        auto *line = new QHBoxLayout(row);
        line->setContentsMargins(space::s, space::s, space::s, space::s);
        line->setSpacing(space::s);
        m_name = new QLineEdit;
        m_name->setPlaceholderText(tr("Name for this filter"));
        m_name->setAccessibleName(m_name->placeholderText());
        m_name->setMinimumWidth(180);
        auto *save = new QPushButton(tr("Save"));
        save->setAccessibleName(tr("Save this filter"));
        line->addWidget(m_name, 1);
        line->addWidget(save);
        const auto keep = [this, list] {
            if (!m_name || m_name->text().trimmed().isEmpty())
                return;
            const QString name = m_name->text();
            list->close();
            saveAs(name);
        };
        connect(m_name, &QLineEdit::returnPressed, this, keep);
        connect(save, &QPushButton::clicked, this, keep);
        auto *naming = new QWidgetAction(list);
        naming->setDefaultWidget(row);
        list->addAction(naming);
        QTimer::singleShot(0, m_name, [edit = m_name] { edit->setFocus(); });
        list->addAction(Theme::icon(QStringLiteral("close")), tr("Show all"), this,
                        [this] { emit filterChosen({{"object", m_place["object"]}}); });
        list->addSeparator();
    }
    for (const SavedFilter &filter : saved) {
        auto *choose = list->addAction(QString(filter.name).replace('&', "&&"), this, [this, place = filter.place()] { emit filterChosen(place); });
        choose->setToolTip((filter.where.isEmpty() ? filter.search : filter.where).toHtmlEscaped());
        choose->setCheckable(true);
        choose->setChecked(filter.fits(m_place));
    }
    list->setToolTipsVisible(true);
    if (saved.empty() && !isFiltered)
        list->addAction(tr("Search or filter this list, then name it here"))->setEnabled(false);
    if (!saved.empty()) {
        list->addSeparator();
        auto *forget = list->addMenu(Theme::icon(QStringLiteral("trash")), tr("Delete"));
        for (const SavedFilter &filter : saved)
            forget->addAction(QString(filter.name).replace('&', "&&"), this, [this, filter] {
                m_filters.remove(filter.object, filter.name);
                emit said(tr("Deleted the filter “%1”").arg(filter.name));
            });
    }
}

} // namespace ui
