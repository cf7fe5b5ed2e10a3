#include "app/data_commands.h"

#include "app/export_command.h"
#include "app/interrupt.h"
#include "app/table_text.h"
#include "driver/base/atomic_file.h"
#include "driver/posthog/entities.h"

#include <cstdio>
#include <filesystem>
#include <iterator>
#include <iostream>

namespace app {

namespace {

using Driver = std::shared_ptr<posthog::Driver>;

/// The rest of the command line is understood, and the project answers.
tl::expected<Driver, int> connected(const Arguments &arguments, ProjectConnection &project, std::stop_token stop)
{
    if (const auto done = arguments.done(); !done)
        return tl::unexpected(usageError(done.error().message));
    auto driver = project.driver(std::move(stop));
    if (!driver)
        return tl::unexpected(failWith(driver.error()));
    return *driver;
}

void printJson(const ph::Json &json) { print(json.dump(2, ' ', false, ph::Json::error_handler_t::replace) + '\n'); }

/// The statement that is meant: stdin for "-", the file where there is one of that name, else the text itself.
ph::Result<std::string> statementOf(const std::string &word)
{
    if (word == "-")
        return std::string(std::istreambuf_iterator<char>(std::cin), {});
    std::error_code ignored;
    if (word.size() < 4096 && word.find('\n') == std::string::npos && std::filesystem::is_regular_file(word, ignored))
        return ph::readFile(word);
    return word;
}

ph::Result<std::optional<int>> takeNumber(Arguments &arguments, const std::string &name)
{
    const auto text = arguments.option(name);
    if (!text)
        return ph::fail(text.error());
    if (!*text)
        return std::optional<int>();
    const bool isNumber = !(*text)->empty() && (*text)->size() < 7 && (*text)->find_first_not_of("0123456789") == std::string::npos;
    if (!isNumber)
        return ph::fail(ph::ErrorCode::InvalidInput, name + " takes a number.");
    return std::optional(std::stoi(**text));
}

} // namespace

int runQuery(Arguments &arguments, ProjectConnection &project)
{
    const auto format = takeFormat(arguments);
    const auto values = takeValues(arguments);
    const auto out = arguments.option("--out");
    const bool rawCells = arguments.flag("--raw-cells");
    if (!format || !values || !out)
        return usageError(!format ? format.error().message : !values ? values.error().message : out.error().message);
    const bool fromInput = arguments.flag("-");
    const auto word = fromInput ? std::optional<std::string>("-") : arguments.word();
    if (!word)
        return usageError("query takes a HogQL statement in quotes, a file with one, or - for stdin.");
    const auto hogql = statementOf(*word);
    if (!hogql)
        return failWith(hogql.error());
    if (const auto done = arguments.done(); !done)
        return usageError(done.error().message);
    if (*out)
        return exportQuery(project, *hogql, *values, **out, *format, rawCells);
    if (*format == OutputFormat::Parquet)
        return usageError("--format parquet needs --out FILE.");
    const Interrupt interrupt;
    const auto driver = connected(arguments, project, interrupt.token());
    if (!driver)
        return driver.error();
    const auto table = (*driver)->query(*hogql, *values, interrupt.token());
    if (!table)
        return failWith(table.error());
    print(*table, *format, rawCells);
    if (table->hasMore.value_or(false))
        std::fprintf(stderr, "Limited to %zu rows; there are more. Add a LIMIT to choose, or --out FILE to write them all.\n", table->rows.size());
    else if (table->rows.size() >= 50'000)
        std::fprintf(stderr, "PostHog gives 50,000 rows at once; there may be more. --out FILE writes them all.\n");
    return ExitDone;
}

int runObjects(Arguments &arguments, ProjectConnection &project)
{
    const auto format = takeFormat(arguments);
    if (!format)
        return usageError(format.error().message);
    const Interrupt interrupt;
    const auto driver = connected(arguments, project, interrupt.token());
    if (!driver)
        return driver.error();
    const auto objects = (*driver)->listObjects(interrupt.token());
    if (!objects)
        return failWith(objects.error());
    if (*format == OutputFormat::Json) {
        printJson(*objects);
        return ExitDone;
    }
    posthog::Table table;
    table.columns = {{"object", "String"}, {"count", "UInt64"}, {"description", "String"}};
    for (const auto &object : *objects)
        table.rows.push_back({object.name, object.count ? ph::Json(*object.count) : ph::Json(""), object.description});
    print(table, *format, false);
    return ExitDone;
}

int runFields(Arguments &arguments, ProjectConnection &project)
{
    const auto format = takeFormat(arguments);
    if (!format)
        return usageError(format.error().message);
    const auto name = arguments.word();
    if (!name)
        return usageError("fields takes an event, or an object such as events, persons or sessions.");
    const Interrupt interrupt;
    const auto driver = connected(arguments, project, interrupt.token());
    if (!driver)
        return driver.error();
    auto fields = posthog::isObject(*name) ? (*driver)->getFields(*name, interrupt.token())
                                           : posthog::getEventFields(**driver, *name, interrupt.token());
    if (!fields)
        return failWith(fields.error());
    if (*format == OutputFormat::Json) {
        printJson(*fields);
        return ExitDone;
    }
    posthog::Table table;
    table.columns = {{"field", "String"}, {"type", "String"}, {"sample", "String"}, {"description", "String"}};
    for (const auto &field : *fields)
        table.rows.push_back({field.name, field.type, field.sample.is_null() ? ph::Json("") : field.sample, field.description});
    print(table, *format, false);
    return ExitDone;
}

int runInsights(Arguments &arguments, ProjectConnection &project)
{
    const auto format = takeFormat(arguments);
    const auto type = arguments.option("--type");
    const auto limit = takeNumber(arguments, "--limit");
    if (!format || !type || !limit)
        return usageError(!format ? format.error().message : !type ? type.error().message : limit.error().message);
    const auto id = arguments.word();
    const Interrupt interrupt;
    const auto driver = connected(arguments, project, interrupt.token());
    if (!driver)
        return driver.error();
    if (id) {
        const auto result = posthog::getInsightResult(**driver, *id, interrupt.token());
        if (!result)
            return failWith(result.error());
        if (result->table && *format != OutputFormat::Json)
            print(*result->table, *format, false);
        else
            printJson(result->answer);
        return ExitDone;
    }
    const auto insights = posthog::getInsights(**driver, type->value_or(""), limit->value_or(100), interrupt.token());
    if (!insights)
        return failWith(insights.error());
    if (*format == OutputFormat::Json) {
        printJson(*insights);
        return ExitDone;
    }
    posthog::Table table;
    table.columns = {{"id", "String"}, {"type", "String"}, {"name", "String"}, {"changed", "String"}, {"description", "String"}};
    for (const auto &insight : *insights)
        table.rows.push_back({insight.shortId, insight.type, insight.name, insight.modified.substr(0, 10), insight.description});
    print(table, *format, false);
    return ExitDone;
}

int runWhoami(Arguments &arguments, ProjectConnection &project)
{
    const auto format = takeFormat(arguments);
    if (!format)
        return usageError(format.error().message);
    const Interrupt interrupt;
    const auto driver = connected(arguments, project, interrupt.token());
    if (!driver)
        return driver.error();
    const auto info = (*driver)->project(interrupt.token());
    if (!info)
        return failWith(info.error());
    const auto key = (*driver)->keyInfo(interrupt.token()); // older and narrower keys cannot be asked; that is no fault
    const auto abilities = key ? posthog::abilitiesOf(*key) : std::vector<posthog::Ability>();
    if (*format == OutputFormat::Json) {
        ph::Json out{{"host", (*driver)->host()}, {"projectId", info->id}, {"name", info->name}, {"timezone", info->timezone}, {"demo", info->isDemo}};
        if (key)
            out["scopes"] = key->scopes;
        for (const auto &ability : abilities)
            out["can"][ability.scope] = ability.allowed;
        printJson(out);
        return ExitDone;
    }
    print("project   " + info->name + " (" + info->id + ")" + (info->isDemo ? ", demo data" : "") + "\nhost      " + (*driver)->host() + "\ntimezone  " + info->timezone + "\n");
    if (!key) {
        std::fprintf(stderr, "What the key may do is not known: %s\n", key.error().message.c_str());
        return ExitDone;
    }
    posthog::Table table;
    table.columns = {{"this key can", "String"}, {"", "String"}, {"scope", "String"}};
    for (const auto &ability : abilities)
        table.rows.push_back({ability.what, ability.allowed ? "yes" : "no", ability.scope});
    print("\n");
    print(table, *format, false);
    return ExitDone;
}

int runBudget(Arguments &arguments, ProjectConnection &project)
{
    const auto format = takeFormat(arguments);
    if (!format)
        return usageError(format.error().message);
    const Interrupt interrupt;
    const auto driver = connected(arguments, project, interrupt.token());
    if (!driver)
        return driver.error();
    posthog::Table table;
    table.columns = {{"requests", "String"}, {"used in a minute", "UInt64"}, {"of", "UInt64"}, {"used in an hour", "UInt64"}, {"of", "UInt64"}, {"next", "String"}};
    for (const auto &use : (*driver)->budget()) {
        if (use.windows.size() != 2)
            continue;
        const bool isFree = use.nextFree <= use.now;
        table.rows.push_back({std::string(titleOf(use.rateClass)), use.windows[0].used, use.windows[0].limit, use.windows[1].used, use.windows[1].limit,
                              isFree ? "now" : ph::isoTimeMicros(use.nextFree).substr(11, 8) + " UTC"});
    }
    if (table.rows.empty()) {
        std::fprintf(stderr, "This project has no limits that are known.\n");
        return ExitDone;
    }
    print(table, *format, false);
    return ExitDone;
}

} // namespace app
