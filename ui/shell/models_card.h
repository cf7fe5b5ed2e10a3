#pragma once

#include "ui/shell/model_setup.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace ui {

/// Where the agent's language models come from: one service at a time, with its address and key, and what it answered.
class ModelsCard : public QWidget
{
    Q_OBJECT

public:
    explicit ModelsCard(ModelSetup &setup, QWidget *parent = nullptr);

private:
    ModelService::Kind kind() const;
    void refresh();
    void say(const QString &answer);
    void use();
    void remove();

    ModelSetup &m_setup;
    QComboBox *m_kind;
    QLineEdit *m_address;
    QLineEdit *m_key;
    QPushButton *m_use;
    QPushButton *m_remove;
    QLabel *m_answer;
};

} // namespace ui
