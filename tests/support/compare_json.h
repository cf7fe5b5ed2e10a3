#pragma once

#include "driver/base/json_fields.h"

#include <QString>
#include <QTest>

/// QCOMPARE of two JSON values (or of what becomes one), which shows both as text. Plain QCOMPARE does not compile with nlohmann's
/// implicit conversions.
#define COMPARE_JSON(actual, ...) \
    QCOMPARE(QString::fromStdString(ph::Json(actual).dump()), QString::fromStdString(ph::Json(__VA_ARGS__).dump()))
