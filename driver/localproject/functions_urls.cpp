#include "driver/localproject/functions_support.h"

namespace localproject {
namespace {

constexpr auto functions = std::to_array<Function>({
    // By the usual form of public suffixes, not by their list.
    {"cutToFirstSignificantSubdomain", 1, 1, "s",
     "regexp_extract({0}, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//(?:[^/?#@]*@)?[^/?#:]*?([^./?#:]+\\.(?:(?:co|com|org|net|gov|edu|ac)\\.)?[^./?#:0-9]+)(?:[/?#:]|$)', 1)", "String"},
    {"firstSignificantSubdomain", 1, 1, "s",
     "regexp_extract({0}, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//(?:[^/?#@]*@)?[^/?#:]*?([^./?#:]+)\\.(?:(?:co|com|org|net|gov|edu|ac)\\.)?[^./?#:0-9]+(?:[/?#:]|$)', 1)", "String"},
    {"domain", 1, 1, "s", "regexp_extract({0}, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//(?:[^/?#@]*@)?([^/?#:]*)', 1)", "String"},
    {"domainWithoutWWW", 1, 1, "s", "regexp_extract({0}, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//(?:[^/?#@]*@)?(?:www\\.)?([^/?#:]*)', 1)", "String"},
    {"netloc", 1, 1, "s", "regexp_extract({0}, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//([^/?#]*)', 1)", "String"},
    {"port", 1, 1, "s", "coalesce(TRY_CAST(regexp_extract({0}, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//(?:[^/?#@]*@)?[^/?#:]*:(\\d+)', 1) AS BIGINT), 0)", "UInt16"},
    {"topLevelDomain", 1, 1, "s", "regexp_extract({0}, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//(?:[^/?#@]*@)?[^/?#:]*\\.([^/?#:.0-9][^/?#:.]*)', 1)", "String"},
    {"protocol", 1, 1, "s", "regexp_extract({0}, '^([a-zA-Z][a-zA-Z0-9+.-]*):', 1)", "String"},
    {"path", 1, 1, "s", "regexp_extract({0}, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?(?://[^/?#]*)?([^?#]*)', 1)", "String"},
    {"pathFull", 1, 1, "s", "regexp_extract({0}, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?(?://[^/?#]*)?(.*)', 1)", "String"},
    {"queryString", 1, 1, "s", "regexp_extract({0}, '\\?([^#]*)', 1)", "String"},
    {"fragment", 1, 1, "s", "regexp_extract({0}, '#(.*)', 1)", "String"},
    {"queryStringAndFragment", 1, 1, "s", "regexp_extract({0}, '[?](.*)', 1)", "String"},
    {"cutQueryString", 1, 1, "s", "regexp_replace({0}, '\\?[^#]*', '')", "String"},
    {"cutFragment", 1, 1, "s", "regexp_replace({0}, '#.*', '')", "String"},
    {"cutQueryStringAndFragment", 1, 1, "s", "regexp_replace({0}, '[?#].*', '')", "String"},
    {"cutWWW", 1, 1, "s", "regexp_replace({0}, '//www\\.', '//')", "String"},
    {"extractURLParameter", 2, 2, "s", "regexp_extract({0}, concat('[?&]', regexp_escape({1}), '=([^&#]*)'), 1)", "String"},
    {"extractURLParameters", 1, 1, "s", "regexp_extract_all({0}, '[?&]([^&#=]+=[^&#]*)', 1)", "Array(String)"},
    {"extractURLParameterNames", 1, 1, "s", "regexp_extract_all({0}, '[?&]([^&#=]+)=', 1)", "Array(String)"},
    {"cutURLParameter", 2, 2, "s",
     "regexp_replace(regexp_replace({0}, concat('&', regexp_escape({1}), '=[^&#]*'), '', 'g'), concat('\\?', regexp_escape({1}), '=[^&#]*&?'), '?')", "String"},
    {"decodeURLComponent", 1, 1, "s", "url_decode({0})", "String"},
    {"decodeURLFormComponent", 1, 1, "s", "url_decode(replace({0}, '+', ' '))", "String"},
    {"encodeURLComponent", 1, 1, "s", "url_encode({0})", "String"},
    {"encodeURLFormComponent", 1, 1, "s", "replace(url_encode({0}), '%20', '+')", "String"},
});

} // namespace

std::span<const Function> urlFunctions() { return functions; }

} // namespace localproject
