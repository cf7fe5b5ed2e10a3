#include "app/data_commands.h"

#include "agent/tools/markdown.h"
#include "app/table_text.h"

#include <cstdio>

namespace app {
namespace {

enum class Format { Columns, Json, Csv, Markdown };

Format takeFormat(Arguments &arguments)
{
    if (arguments.flag("--json"))
        return Format::Json;
    if (arguments.flag("--csv"))
        return Format::Csv;
    if (arguments.flag("--markdown"))
        return Format::Markdown;
    return Format::Columns;
}

void print(const std::string &text) { std::fwrite(text.data(), 1, text.size(), stdout); }

int failWith(const ph::Error &error)
{
    std::fprintf(stderr, "hoglet-agent: %s\n", error.message.c_str());
    return 1;
}

void print(const posthog::Table &table, Format format)
{
    switch (format) {
    case Format::Columns: print(toColumns(table)); break;
    case Format::Json: print(ph::Json(table).dump(2, ' ', false, ph::Json::error_handler_t::replace) + '\n'); break;
    case Format::Csv: print(toCsv(table)); break;
    case Format::Markdown: print(tools::markdownTable(table, table.rows.size(), 1000)); break;
    }
}

} // namespace

int usageError(const std::string &message)
{
    std::fprintf(stderr, "hoglet-agent: %s\nTry hoglet-agent --help.\n", message.c_str());
    return 2;
}

int runQuery(Arguments &arguments, ProjectConnection &project)
{
    const auto format = takeFormat(arguments);
    const auto hogql = arguments.word();
    if (!hogql)
        return usageError("query takes a HogQL statement in quotes.");
    if (const auto done = arguments.done(); !done)
        return usageError(done.error().message);
    const auto driver = project.driver();
    if (!driver)
        return failWith(driver.error());
    const auto table = (*driver)->query(*hogql);
    if (!table)
        return failWith(table.error());
    print(*table, format);
    if (table->hasMore.value_or(false))
        std::fprintf(stderr, "Limited to %zu rows; there are more. Add a LIMIT to choose.\n", table->rows.size());
    return 0;
}

int runObjects(Arguments &arguments, ProjectConnection &project)
{
    const auto format = takeFormat(arguments);
    if (const auto done = arguments.done(); !done)
        return usageError(done.error().message);
    const auto driver = project.driver();
    if (!driver)
        return failWith(driver.error());
    const auto objects = (*driver)->listObjects();
    if (!objects)
        return failWith(objects.error());
    if (format == Format::Json) {
        print(ph::Json(*objects).dump(2) + '\n');
        return 0;
    }
    posthog::Table table;
    table.columns = {{"object", "String"}, {"count", "UInt64"}, {"description", "String"}};
    for (const auto &object : *objects)
        table.rows.push_back({object.name, object.count ? ph::Json(*object.count) : ph::Json(""), object.description});
    print(table, format);
    return 0;
}

int runFields(Arguments &arguments, ProjectConnection &project)
{
    const auto format = takeFormat(arguments);
    const auto object = arguments.word();
    if (!object)
        return usageError("fields takes an object: events, insights, persons, cohorts, feature_flags or sessions.");
    if (const auto done = arguments.done(); !done)
        return usageError(done.error().message);
    const auto driver = project.driver();
    if (!driver)
        return failWith(driver.error());
    const auto fields = (*driver)->getFields(*object);
    if (!fields)
        return failWith(fields.error());
    if (format == Format::Json) {
        print(ph::Json(*fields).dump(2, ' ', false, ph::Json::error_handler_t::replace) + '\n');
        return 0;
    }
    posthog::Table table;
    table.columns = {{"field", "String"}, {"type", "String"}, {"sample", "String"}, {"description", "String"}};
    for (const auto &field : *fields)
        table.rows.push_back({field.name, field.type, field.sample.is_null() ? ph::Json("") : field.sample, field.description});
    print(table, format);
    return 0;
}

int runWhoami(Arguments &arguments, ProjectConnection &project)
{
    const bool json = arguments.flag("--json");
    if (const auto done = arguments.done(); !done)
        return usageError(done.error().message);
    const auto driver = project.driver();
    if (!driver)
        return failWith(driver.error());
    const auto info = (*driver)->project();
    if (!info)
        return failWith(info.error());
    if (json) {
        const ph::Json out{{"host", (*driver)->host()}, {"projectId", info->id}, {"name", info->name}, {"timezone", info->timezone}, {"demo", info->isDemo}};
        print(out.dump(2) + '\n');
        return 0;
    }
    print("project   " + info->name + " (" + info->id + ")" + (info->isDemo ? ", demo data" : "") + "\nhost      " + (*driver)->host() + "\ntimezone  " + info->timezone + "\n");
    return 0;
}

} // namespace app
