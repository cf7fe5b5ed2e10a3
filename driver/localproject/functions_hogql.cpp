#include "driver/localproject/functions_support.h"

#include <algorithm>
#include <array>

namespace localproject {
namespace {

using Kind = Type::Kind;

Type richCell()
{
    Type type = Type::of(Kind::String);
    type.json = true;
    return type;
}

Fragment emitSparkline(Site &site)
{
    arrayType(site, 0);
    return valueOf("json_object('__hx_tag', 'Sparkline', 'data', " + site.arguments[0].sql + ")::VARCHAR", richCell());
}

Fragment emitRecordingButton(Site &site)
{
    std::string sql = "json_object('__hx_tag', 'RecordingButton', 'sessionId', " + site.compilation.text(site.arguments[0]);
    if (site.arguments.size() > 1)
        sql += ", 'recordingStatus', " + site.compilation.text(site.arguments[1]);
    return valueOf(sql + ")::VARCHAR", richCell());
}

/// '1.10.2-beta' as [1, 10, 2], which sorts as versions do.
Fragment emitSemVer(Site &site)
{
    const std::string x = site.compilation.freshName("x");
    return valueOf("list_transform(string_split(regexp_extract(" + site.compilation.text(site.arguments[0]) + ", '(\\d+(?:\\.\\d+)*)', 1), '.'), lambda " + x
                       + ": coalesce(TRY_CAST(" + x + " AS BIGINT), 0))",
                   Type::array(Type::integer(64, true)));
}

constexpr auto languages = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"ar", "Arabic"},    {"bg", "Bulgarian"},  {"bn", "Bengali"},    {"ca", "Catalan"},    {"cs", "Czech"},     {"da", "Danish"},
    {"de", "German"},    {"el", "Greek"},      {"en", "English"},    {"es", "Spanish"},    {"et", "Estonian"},  {"fa", "Persian"},
    {"fi", "Finnish"},   {"fr", "French"},     {"he", "Hebrew"},     {"hi", "Hindi"},      {"hr", "Croatian"},  {"hu", "Hungarian"},
    {"id", "Indonesian"}, {"it", "Italian"},   {"ja", "Japanese"},   {"ko", "Korean"},     {"lt", "Lithuanian"}, {"lv", "Latvian"},
    {"ms", "Malay"},     {"nb", "Norwegian Bokmål"}, {"nl", "Dutch"}, {"no", "Norwegian"}, {"pl", "Polish"},    {"pt", "Portuguese"},
    {"ro", "Romanian"},  {"ru", "Russian"},    {"sk", "Slovak"},     {"sl", "Slovenian"},  {"sr", "Serbian"},   {"sv", "Swedish"},
    {"sw", "Swahili"},   {"ta", "Tamil"},      {"th", "Thai"},       {"tr", "Turkish"},    {"uk", "Ukrainian"}, {"ur", "Urdu"},
    {"vi", "Vietnamese"}, {"zh", "Chinese"},
});

Fragment emitLanguage(Site &site)
{
    std::string sql = "CASE " + site.compilation.text(site.arguments[0]);
    for (const auto &[code, name] : languages)
        sql += " WHEN " + quoteText(code) + " THEN " + quoteText(name);
    return valueOf("(" + sql + " ELSE " + site.compilation.text(site.arguments[0]) + " END)", Type::of(Kind::String, site.arguments[0].type.nullable));
}

Fragment emitAction(Site &site) { return site.compilation.matchesAction(site.arguments[0], site.span); }

/// hogletFunnel(order, steps, window in microseconds, attribution, events): what funnel insights are made of (insights/README.md).
/// An event is (time, mask), (time, mask, [breakdown values]) or (time, mask, [breakdown values], bucket); the answer is an array of
/// (values, level, times, bucket).
Fragment emitFunnel(Site &site)
{
    static constexpr const char *names[] = {"hoglet_funnel(", "hoglet_funnel_by(", "hoglet_funnel_by_bucket("};
    static constexpr const char *members[] = {"t TIMESTAMP, m BIGINT", ", v VARCHAR[]", ", b TIMESTAMP"};
    const Type &events = site.arguments[4].type;
    const std::vector<Type> none;
    const auto &items = events.is(Kind::Array) && events.element().is(Kind::Tuple) ? events.element().items : none;
    const std::size_t extra = items.size() - std::min<std::size_t>(items.size(), 2);
    if (items.size() < 2 || extra > 2 || !items[0].is(Kind::DateTime) || !items[1].is(Kind::Integer)
        || (extra > 0 && !(items[2].is(Kind::Array) && items[2].element().is(Kind::String))) || (extra > 1 && !items[3].is(Kind::DateTime)))
        refuse("'" + site.name + "' needs an array of tuples (time, mask[, values[, bucket]]), this is " + events.name() + ".",
               site.arguments[4].span);
    std::string sql = names[extra];
    for (std::size_t i = 0; i < 4; ++i)
        sql += site.compilation.integer(site.arguments[i]) + "::BIGINT, ";
    sql += site.arguments[4].sql + "::STRUCT(";
    for (std::size_t i = 0; i <= extra; ++i)
        sql += members[i];
    sql += ")[])";
    const Type number = Type::integer(64, true);
    return valueOf(sql, Type::array(Type::tuple({Type::array(Type::of(Kind::String)), number, Type::array(number),
                                                 Type::dateTime(site.compilation.context().timezone).orNull()})));
}

constexpr auto functions = std::to_array<Function>({
    {"sparkline", 1, 1, "*", "", "", emitSparkline},
    {"recordingButton", 1, 2, "*", "", "", emitRecordingButton},
    {"recording_button", 1, 2, "*", "", "", emitRecordingButton},
    {"sortableSemVer", 1, 1, "*", "", "", emitSemVer},
    {"languageCodeToName", 1, 1, "*", "", "", emitLanguage},
    {"matchesAction", 1, 1, "*", "", "", emitAction},
    {"hogletFunnel", 5, 5, "*", "", "", emitFunnel},
});

} // namespace

std::span<const Function> hogqlFunctions() { return functions; }

} // namespace localproject
