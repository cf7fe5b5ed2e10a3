#include "agent/report/scene.h"
#include "agent/report/text_metrics.h"
#include "agent/workflow/format.h"

#include <QTest>
#include <QXmlStreamReader>

#include <random>

using report::Align;
using report::Scene;
using report::Text;

namespace {

struct Box {
    double left, top, right, bottom;
    std::string text;
};

Box boxOf(const Text &text)
{
    const double width = report::textWidth(text.text, text.size, text.bold);
    const double left = text.align == Align::Left ? text.x : text.align == Align::Right ? text.x - width : text.x - width / 2;
    return {left, text.y - text.size * 0.75, left + width, text.y + text.size * 0.2, text.text};
}

/// What is wrong with the scene, or nothing.
std::string faultOf(const Scene &scene)
{
    std::vector<Box> boxes;
    constexpr double slack = 0.6;
    const auto outside = [&](double left, double top, double right, double bottom) {
        return !(left >= -slack && top >= -slack && right <= scene.width + slack && bottom <= scene.height + slack);
    };
    for (const auto &mark : scene.marks) {
        if (const auto *text = std::get_if<Text>(&mark)) {
            const auto box = boxOf(*text);
            if (outside(box.left, box.top, box.right, box.bottom))
                return "text outside: " + box.text;
            for (const auto &other : boxes)
                if (box.left < other.right - slack && other.left < box.right - slack && box.top < other.bottom - slack && other.top < box.bottom - slack)
                    return "texts overlap: " + box.text + " / " + other.text;
            boxes.push_back(box);
        } else if (const auto *rect = std::get_if<report::Rect>(&mark)) {
            if (outside(rect->x, rect->y, rect->x + rect->width, rect->y + rect->height))
                return "rectangle outside: " + rect->tooltip;
        } else if (const auto *line = std::get_if<report::Line>(&mark)) {
            if (outside(std::min(line->x1, line->x2), std::min(line->y1, line->y2), std::max(line->x1, line->x2), std::max(line->y1, line->y2)))
                return "line outside";
        } else if (const auto *polyline = std::get_if<report::Polyline>(&mark)) {
            for (const auto &[x, y] : polyline->points)
                if (outside(x, y, x, y))
                    return "polyline outside";
        } else if (const auto *polygon = std::get_if<report::Polygon>(&mark)) {
            for (const auto &[x, y] : polygon->points)
                if (outside(x, y, x, y))
                    return "polygon outside";
        } else if (const auto *ribbon = std::get_if<report::Ribbon>(&mark)) {
            if (outside(ribbon->x1, ribbon->y1Top, ribbon->x2, ribbon->y2Bottom) || outside(ribbon->x1, ribbon->y2Top, ribbon->x2, ribbon->y1Bottom))
                return "ribbon outside";
        }
    }
    return {};
}

std::string randomText(std::mt19937 &random)
{
    static const std::vector<std::string> pieces{
        "Safari", "/signup/", "a very long label that goes on and on and on, well beyond any column", "日本語のラベル", "<script>alert(1)</script>",
        "\"quoted\" & 'single'", "x", "", "line\nbreak\tand tab", "\xff\xfe broken", "2: /pricing/", "1: /", "3: (left)", "مرحبا", "2026-01-18",
        "2026-01-18T10:00:00+00:00", "👩‍🚀 astronaut", "]]>", "\xE2\x80\xAE" "desrever"};
    return pieces[random() % pieces.size()];
}

posthog::Table randomTable(std::mt19937 &random)
{
    posthog::Table table;
    const std::size_t columns = 1 + random() % 6;
    static const std::vector<std::string> types{"String", "UInt64", "Float64", "Nullable(Float64)", "DateTime64(6, 'UTC')", "Date", "Bool", "Array(String)", ""};
    std::vector<std::string> kinds;
    for (std::size_t i = 0; i < columns; ++i) {
        // Mostly a label and a number first, which most kinds can draw; else anything.
        const bool usual = random() % 10 < 7 && i < 2;
        kinds.push_back(usual ? (i == 0 ? "String" : "Float64") : types[random() % types.size()]);
        table.columns.push_back({i % 2 ? "column " + std::to_string(i) : randomText(random) + std::to_string(i), kinds.back()});
    }
    const std::size_t rows = random() % 4 == 0 ? random() % 200 : random() % 12;
    static const std::vector<double> numbers{0, 1, -3, 0.31, 4100, 1e9, 1e18, -2.5e-7, 123456.789, 1e300};
    for (std::size_t row = 0; row < rows; ++row) {
        std::vector<ph::Json> cells;
        for (const auto &kind : kinds) {
            if (random() % 12 == 0)
                cells.emplace_back(nullptr);
            else if (kind.find("Int") != std::string::npos || kind.find("Float") != std::string::npos)
                cells.emplace_back(numbers[random() % numbers.size()]);
            else if (kind.find("Date") != std::string::npos)
                cells.emplace_back("2026-01-" + std::string(row % 28 < 9 ? "0" : "") + std::to_string(row % 28 + 1));
            else if (kind == "Bool")
                cells.emplace_back(random() % 2 == 0);
            else if (kind.starts_with("Array"))
                cells.emplace_back(ph::Json::array({1, "a"}));
            else
                cells.emplace_back(randomText(random));
        }
        table.rows.push_back(cells);
    }
    return table;
}

const std::vector<std::string> kinds{"funnel", "grouped_bars", "bars", "stacked_bars", "line", "area", "histogram", "heat_table", "interval", "sankey", "number", "table"};

} // namespace

class LayoutTest : public QObject
{
    Q_OBJECT

private slots:
    void keepsTextsApartAndInsideForAnyTable()
    {
        std::mt19937 random(20240607);
        for (int round = 0; round < 1500; ++round) {
            const auto table = randomTable(random);
            workflow::ChartSpec spec;
            spec.kind = kinds[random() % kinds.size()];
            const auto column = [&]() -> std::optional<std::string> {
                return random() % 3 == 0 ? std::optional(table.columns[random() % table.columns.size()].name) : std::nullopt;
            };
            spec.x = column();
            spec.series = column();
            spec.n = column();
            spec.low = column();
            spec.high = column();
            spec.highlight = column();
            spec.marker = column();
            if (random() % 2)
                spec.format = std::vector<std::string>{"percent", "seconds", "number"}[random() % 3];
            const double width = 420 + static_cast<double>(random() % 780);

            const auto scene = report::layout(spec, table, width, 260);

            const auto fault = faultOf(scene);
            QVERIFY2(fault.empty(), (spec.kind + " in round " + std::to_string(round) + ", width " + std::to_string(width) + ": " + fault).c_str());
        }
    }

    void writesWellFormedSvgOfHostileData()
    {
        std::mt19937 random(7);
        for (int round = 0; round < 300; ++round) {
            const auto table = randomTable(random);
            workflow::ChartSpec spec;
            spec.kind = kinds[random() % kinds.size()];
            spec.title = "<script>alert('x')</script> & " + randomText(random);
            spec.definition = randomText(random);

            const auto svg = report::toSvg(report::layout(spec, table, 600, 260));

            QXmlStreamReader reader(QByteArray::fromStdString(svg));
            while (!reader.atEnd()) {
                reader.readNext();
                QVERIFY(reader.name() != QStringLiteral("script"));
            }
            QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        }
    }

    void tellsEachStepsConversionFromFirstAndPrevious()
    {
        posthog::Table table;
        table.columns = {{"step", "String"}, {"persons", "UInt64"}, {"median", "Float64"}};
        table.rows = {{"Home", 4100, nullptr}, {"Form", 2050, 96}, {"Account", 1070, 725}};
        workflow::ChartSpec spec;
        spec.kind = "funnel";
        spec.x = "step";
        spec.y = std::vector<std::string>{"persons", "median"};

        for (const double width : {420.0, 1000.0}) {
            std::string all;
            for (const auto &mark : report::layout(spec, table, width, 260).marks)
                if (const auto *text = std::get_if<Text>(&mark))
                    all += text->text + "\n";

            for (const auto *expected : {"4,100", "2,050", "1,070", "50.0%", "26.1%", "52.2%", "1 min 36 s", "12 min 5 s"})
                QVERIFY2(all.find(expected) != std::string::npos, (std::string(expected) + " in\n" + all).c_str());
        }
    }

    void heatTableShadesByValueAndFramesWhatIsOpen()
    {
        posthog::Table table;
        table.columns = {{"week_of", "String"}, {"later", "UInt64"}, {"rate", "Float64"}, {"n", "UInt64"}, {"open", "Bool"}};
        table.rows = {{"2026-01-05", 0, 1.0, 336, false}, {"2026-01-05", 1, 0.46, 336, false}, {"2026-01-05", 10, 0.23, 336, false}, {"2026-01-05", 2, 0.3, 336, true},
                      {"2026-01-12", 0, 1.0, 200, false}, {"2026-01-12", 1, 0.5, 200, true}};
        workflow::ChartSpec spec;
        spec.kind = "heat_table";
        spec.x = "week_of";
        spec.series = "later";
        spec.y = std::vector<std::string>{"rate"};
        spec.n = "n";
        spec.highlight = "open";
        spec.format = "percent";

        const auto scene = report::layout(spec, table, 700, 260);

        QCOMPARE(faultOf(scene), std::string());
        const auto cell = [&](const std::string &tooltip) -> const report::Rect * {
            for (const auto &mark : scene.marks)
                if (const auto *rect = std::get_if<report::Rect>(&mark); rect && rect->tooltip.starts_with(tooltip))
                    return rect;
            return nullptr;
        };
        const auto *strong = cell("2026-01-05, 1: 46.0%, n = 336");
        const auto *pale = cell("2026-01-05, 10: 23.0%");
        const auto *open = cell("2026-01-12, 1: 50.0%");
        QVERIFY(strong && pale && open);
        QVERIFY(strong->opacity > pale->opacity && strong->row == 1 && pale->row == 2);
        QVERIFY(cell("2026-01-05, 0: 100%")->fill == report::Ink::Muted && strong->fill == report::Ink::Series1);
        QVERIFY(open->tooltip.ends_with("not complete yet") && open->fill == report::Ink::Muted);
        // Columns stand by number, not by text: 10 is the last one.
        QVERIFY(pale->x > cell("2026-01-05, 2:")->x && cell("2026-01-05, 2:")->x > strong->x);
        const auto dashed = std::count_if(scene.marks.begin(), scene.marks.end(), [](const report::Mark &mark) {
            const auto *line = std::get_if<report::Line>(&mark);
            return line && line->dashed;
        });
        QCOMPARE(dashed, 8);
    }

    void intervalPutsPointsAndWhiskersAroundZero()
    {
        posthog::Table table;
        table.columns = {{"label", "String"}, {"gap", "Float64"}, {"low", "Float64"}, {"high", "Float64"}, {"n", "UInt64"}, {"worse", "Bool"}};
        table.rows = {{"better", 0.056, 0.005, 0.106, 755, false}, {"unclear", -0.01, -0.05, 0.03, 80, false}, {"worse", 0.08, 0.04, 0.12, 900, true}};
        workflow::ChartSpec spec;
        spec.kind = "interval";
        spec.x = "label";
        spec.y = std::vector<std::string>{"gap"};
        spec.low = "low";
        spec.high = "high";
        spec.n = "n";
        spec.highlight = "worse";
        spec.format = "points";

        for (const double width : {420.0, 900.0}) {
            const auto scene = report::layout(spec, table, width, 260);

            QCOMPARE(faultOf(scene), std::string());
            std::vector<const report::Rect *> points;
            std::vector<const report::Line *> whiskers;
            const report::Line *zero = nullptr;
            for (const auto &mark : scene.marks) {
                if (const auto *rect = std::get_if<report::Rect>(&mark); rect && rect->opacity == 1)
                    points.push_back(rect);
                if (const auto *line = std::get_if<report::Line>(&mark)) {
                    if (line->y1 == line->y2)
                        whiskers.push_back(line);
                    else if (line->ink == report::Ink::Muted && line->width == 1.4)
                        zero = line;
                }
            }
            QCOMPARE(points.size(), 3U);
            QCOMPARE(whiskers.size(), 3U);
            QVERIFY(zero);
            QVERIFY(whiskers[0]->x1 > zero->x1 && whiskers[1]->x1 < zero->x1 && whiskers[1]->x2 > zero->x1);
            QVERIFY(points[0]->x + 4.5 > whiskers[0]->x1 && points[0]->x + 4.5 < whiskers[0]->x2);
            QVERIFY(points[1]->fill == report::Ink::Muted && points[2]->fill == report::Ink::Bad);
            QCOMPARE(points[0]->tooltip, std::string("better: 5.6 points (95% interval 0.5 to 10.6), n = 755"));
        }
    }

    void stacksUpwardAndDownward()
    {
        posthog::Table table;
        table.columns = {{"week", "Date"}, {"new", "UInt64"}, {"returning", "UInt64"}, {"dormant", "Int64"}};
        table.rows = {{"2026-01-05", 30, 10, -20}, {"2026-01-12", 20, 20, -10}, {"2026-01-19", 10, 30, 0}};
        workflow::ChartSpec spec;
        spec.kind = "stacked_bars";

        const auto scene = report::layout(spec, table, 600, 260);

        QCOMPARE(faultOf(scene), std::string());
        const auto bar = [&](const std::string &tooltip) -> const report::Rect * {
            for (const auto &mark : scene.marks)
                if (const auto *rect = std::get_if<report::Rect>(&mark); rect && rect->tooltip == tooltip)
                    return rect;
            return nullptr;
        };
        const auto *fresh = bar("2026-01-05, new: 30");
        const auto *returning = bar("2026-01-05, returning: 10");
        const auto *dormant = bar("2026-01-05, dormant: -20");
        QVERIFY(fresh && returning && dormant);
        QVERIFY(std::abs(returning->y + returning->height - fresh->y) < 0.01); // stands on the other
        QVERIFY(std::abs(dormant->y - (fresh->y + fresh->height)) < 0.01);     // hangs from zero
        QVERIFY(std::abs(fresh->height / returning->height - 3) < 0.01);
        QVERIFY(!bar("2026-01-19, dormant: 0"));

        // An area needs values from zero up.
        spec.kind = "area";
        const auto isArea = [](const Scene &drawn) { return std::any_of(drawn.marks.begin(), drawn.marks.end(), [](const report::Mark &mark) { return std::holds_alternative<report::Polygon>(mark); }); };
        QVERIFY(!isArea(report::layout(spec, table, 600, 260)));
        spec.y = std::vector<std::string>{"new", "returning"};
        const auto area = report::layout(spec, table, 600, 260);
        QVERIFY(isArea(area));
        QCOMPARE(faultOf(area), std::string());
    }

    void joinsSeriesBeyondTheEighth()
    {
        posthog::Table table;
        table.columns = {{"week", "Date"}, {"plan", "String"}, {"n", "UInt64"}};
        for (int i = 0; i < 12; ++i)
            table.rows.push_back({"2026-01-05", "plan " + std::to_string(i), 10});
        workflow::ChartSpec spec;
        spec.kind = "stacked_bars";
        spec.x = "week";
        spec.series = "plan";
        spec.y = std::vector<std::string>{"n"};

        const auto scene = report::layout(spec, table, 900, 260);

        bool found = false;
        for (const auto &mark : scene.marks)
            if (const auto *rect = std::get_if<report::Rect>(&mark))
                found = found || rect->tooltip == "2026-01-05, Other: 50";
        QVERIFY(found);
    }

    void drawsABandAroundOneLine()
    {
        posthog::Table table;
        table.columns = {{"week", "String"}, {"rate", "Float64"}, {"low", "Float64"}, {"high", "Float64"}};
        table.rows = {{"Week 0", 1.0, 0.99, 1.0}, {"Week 1", 0.46, 0.43, 0.5}, {"Week 2", 0.38, 0.34, 0.42}};
        workflow::ChartSpec spec;
        spec.kind = "line";
        spec.x = "week";
        spec.y = std::vector<std::string>{"rate"};
        spec.low = "low";
        spec.high = "high";

        const auto scene = report::layout(spec, table, 600, 260);

        QCOMPARE(faultOf(scene), std::string());
        const auto found = std::find_if(scene.marks.begin(), scene.marks.end(), [](const report::Mark &mark) { return std::holds_alternative<report::Polygon>(mark); });
        QVERIFY(found != scene.marks.end());
        QCOMPARE(std::get<report::Polygon>(*found).points.size(), 6U);
    }

    void shortensLongLabelsInTheMiddleAndKeepsTheWhole()
    {
        posthog::Table table;
        const std::string url = "https://driftboard.example/a/very/long/path/that/cannot/fit/into/a/label/of/a/bar?with=query";
        table.columns = {{"url", "String"}, {"n", "UInt64"}};
        table.rows = {{url, 3}};
        workflow::ChartSpec spec;
        spec.kind = "bars";

        const auto scene = report::layout(spec, table, 420, 200);

        const auto found = std::find_if(scene.marks.begin(), scene.marks.end(), [&](const report::Mark &mark) {
            const auto *text = std::get_if<Text>(&mark);
            return text && text->tooltip == url && text->text.starts_with("https") && text->text.ends_with("query")
                && text->text.find("…") != std::string::npos;
        });
        QVERIFY(found != scene.marks.end());
    }

    void saysWhenThereIsNothing()
    {
        posthog::Table table;
        table.columns = {{"a", "String"}};

        const auto scene = report::layout({}, table, 420, 200);

        QCOMPARE(scene.marks.size(), 1U);
        QVERIFY(std::get<Text>(scene.marks[0]).text.starts_with("No rows"));
    }

    void suggestsByShape_data()
    {
        QTest::addColumn<QString>("types");
        QTest::addColumn<int>("rows");
        QTest::addColumn<QString>("kind");
        QTest::newRow("one number") << "count():UInt64" << 1 << "number";
        QTest::newRow("few days of counts") << "day:Date,n:UInt64" << 10 << "histogram";
        QTest::newRow("many days") << "day:Date,n:UInt64" << 30 << "line";
        QTest::newRow("day and six numbers") << "day:DateTime,a:UInt64,b:UInt64,c:UInt64" << 20 << "line";
        QTest::newRow("day, category, number") << "day:Date,browser:String,n:UInt64" << 20 << "line";
        QTest::newRow("category and number") << "browser:String,n:UInt64" << 8 << "bars";
        QTest::newRow("category, n and rate") << "browser:String,n:UInt64,rate:Float64" << 8 << "bars";
        QTest::newRow("estimate with interval") << "browser:String,rate:Float64,low:Float64,high:Float64" << 8 << "bars";
        QTest::newRow("difference with interval") << "segment:String,difference:Float64,low:Float64,high:Float64" << 8 << "interval";
        QTest::newRow("cohort by period") << "cohort:Date,weeks_later:UInt64,persons:UInt64" << 12 << "heat_table";
        QTest::newRow("hour by weekday") << "weekday:UInt64,hour:UInt64,events:UInt64" << 40 << "heat_table";
        QTest::newRow("steps") << "step:String,persons:UInt64" << 5 << "funnel";
        QTest::newRow("numbered steps") << "level:UInt64,persons:UInt64" << 5 << "funnel";
        QTest::newRow("path") << "source:String,target:String,n:UInt64" << 9 << "sankey";
        QTest::newRow("two categories") << "browser:String,os:String,n:UInt64" << 6 << "grouped_bars";
        QTest::newRow("texts") << "a:String,b:String,c:String,n:UInt64" << 6 << "table";
        QTest::newRow("many categories") << "url:String,n:UInt64" << 500 << "table";
    }
    void suggestsByShape()
    {
        QFETCH(QString, types);
        QFETCH(int, rows);
        posthog::Table table;
        for (const auto &part : types.split(',')) {
            const auto pieces = part.split(':');
            table.columns.push_back({pieces[0].toStdString(), pieces[1].toStdString()});
        }
        for (int row = 0; row < rows; ++row) {
            std::vector<ph::Json> cells;
            for (const auto &column : table.columns) {
                if (column.type == "String")
                    cells.emplace_back("value " + std::to_string(row % 8));
                else if (column.type.starts_with("Date"))
                    cells.emplace_back("2026-01-" + std::string(row < 9 ? "0" : "") + std::to_string(row % 28 + 1));
                else
                    cells.emplace_back(row + 1);
            }
            table.rows.push_back(cells);
        }

        QTEST(QString::fromStdString(report::suggestChart(table).kind), "kind");
    }

    void formatsNumbersAsPeopleReadThem()
    {
        using namespace workflow;
        QCOMPARE(formatNumber(1234567), std::string("1,234,567"));
        QCOMPARE(formatNumber(-1234.5), std::string("-1,234.5"));
        QCOMPARE(formatNumber(123), std::string("123"));
        QCOMPARE(formatNumber(0.03125), std::string("0.0312"));
        QCOMPARE(formatPercent(0.5224), std::string("52.2%"));
        QCOMPARE(formatPercent(1), std::string("100%"));
        QCOMPARE(formatPercent(0.0004), std::string("0.04%"));
        QCOMPARE(formatPoints(0.099, true), std::string("+9.9 points"));
        QCOMPARE(formatDuration(59), std::string("59 s"));
        QCOMPARE(formatDuration(725), std::string("12 min 5 s"));
        QCOMPARE(formatDuration(7500), std::string("2 h 5 min"));
        QCOMPARE(formatDuration(266400), std::string("3 d 2 h"));
        QCOMPARE(formatCompact(1200), std::string("1.2k"));
        QCOMPARE(formatP(0.0000001), std::string("p < 0.001"));
    }
};

QTEST_APPLESS_MAIN(LayoutTest)
#include "layout_test.moc"
