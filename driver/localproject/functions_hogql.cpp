#include "driver/localproject/functions_support.h"

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

constexpr auto functions = std::to_array<Function>({
    {"sparkline", 1, 1, "*", "", "", emitSparkline},
    {"recordingButton", 1, 2, "*", "", "", emitRecordingButton},
    {"recording_button", 1, 2, "*", "", "", emitRecordingButton},
    {"sortableSemVer", 1, 1, "*", "", "", emitSemVer},
    {"languageCodeToName", 1, 1, "*", "", "", emitLanguage},
    {"matchesAction", 1, 1, "*", "", "", emitAction},
});

} // namespace

std::span<const Function> hogqlFunctions() { return functions; }

} // namespace localproject
