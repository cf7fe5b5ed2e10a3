#pragma once

#include <QObject>

class QDBusVariant;

namespace ui {

/// What the desktop prefers, dark or light, and when it changes: `org.freedesktop.appearance color-scheme` of the settings
/// portal. Where no portal answers, the palette Qt started with decides.
class ColorScheme : public QObject
{
    Q_OBJECT

public:
    explicit ColorScheme(QObject *parent = nullptr);

    bool isDark() const { return m_isDark; }

signals:
    void changed();

private slots:
    void onSettingChanged(const QString &group, const QString &key, const QDBusVariant &value);

private:
    void take(const QVariant &value);

    bool m_isDark;
};

} // namespace ui
