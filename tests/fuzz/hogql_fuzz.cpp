#include "tests/fuzz/fuzz_driver.h"

#include "driver/hogql/completion.h"
#include "driver/hogql/diagnostics.h"
#include "driver/hogql/inspect.h"
#include "driver/hogql/parser.h"
#include "driver/hogql/printer.h"

// Lexer, parser, printer, checks and help of HogQL over any bytes: nothing crashes or hangs, every byte is in one token, a tree is
// printed so that it reads back the same, formatting keeps each comment and gives the same a second time.

using namespace hogql;

namespace {

const Project &project()
{
    static const Project known([] {
        ProjectNames names;
        names.eventProperties = {{"price", "", "Numeric", 10}, {"plan", "", "String", 5}, {"$browser", "", "String", 3}};
        names.personProperties = {{"email", "", "String", 1}};
        names.events = {{"paid", ""}, {"$pageview", ""}};
        names.groupTypes = {{0, "account", {{"seats", "", "Numeric", 3}}}, {1, "project", {}}};
        names.cohorts = {{"Power users", "", "", 120, 7}};
        names.actions = {{"Paid", "", "", {}, 3}};
        return names;
    }());
    return known;
}

std::size_t commentsIn(std::string_view text)
{
    std::size_t count = 0;
    for (const Token &token : tokenize(text))
        count += token.kind == TokenKind::Comment;
    return count;
}

} // namespace

std::vector<std::string> fuzzSeeds()
{
    return {
        "select event, count() as n from events where timestamp > now() - interval 7 day and properties.$browser = 'Chrome' group by event order by n desc limit 10",
        "with recent as (select person_id, max(timestamp) as last from events group by person_id) select * from recent r left join persons p on r.person_id = p.id",
        "select quantile(0.9)(toFloat(properties.price)), groupArray(distinct event order by timestamp desc) filter (where 1) from events sample 1/10 offset 1/2",
        "select arrayMap(x, y -> x + y, [1, 2], range(3)), {'a': 1, 'b': [1, 2]}, (1, 'x').1, a[1:2], b?.[3]?.c, t.1.2 from values (1, 2) as v (a, b)",
        "select case when a between 1 and 2 then 'x' when b is not null then f'{a} of {b}' else null end, a ? b : c ?? d, not a = b or c and d",
        "select 1 union all (select 2 intersect select 3) union by name select 4 order by 1 limit 3 % with ties",
        "select sum(a) over (partition by b order by c rows between unbounded preceding and 1 following) as w, lag(a) over w2 from t window w2 as (order by a nulls first)",
        "select * from t pivot (sum(x) as s for y in (1, 'b' as bb) z in (3) group by g) p unpivot include nulls (v for n in (a, b as c)) join u using (k)",
        "select a from t array join [1, 2] as x, y as z prewhere b where c in cohort 'Power users' and d not in (select 1) qualify row_number() over () = 1",
        "select <a href={f'/x/{id}'} target='_blank'>text {b}<b>c</b></a>, -- why\n /* how */ `a b`.`c``d`, \"q\" # end\n from events -- last",
        "select * exclude (a, t.b), * columns('x.*'), columns(a, b), f(x := 1), {variables.v}, {filters}, {a + 1} from {table} t grouping",
        "select a::Nullable(String), cast(b as DateTime64(6, 'UTC')), try_cast(c as Int64), interval '2 week', toIntervalDay(1) + 0x1F - .5e3 % 7 // rest\n",
        "select '\\n\\\\d+''x' =~ 'y', a !~* b, c ilike '%_%', 'x' || 1 <=> 2, e != all (select 1), exists (select 1) limit 5 by a, b limit 1 offset 2",
    };
}

std::vector<std::string> fuzzPieces()
{
    return {"select ", " from ", " where ", " group by ", " order by ", " limit ", " union all ", "(", ")", "[", "]", "{", "}", "f'", "'", "\"", "`", "<b>", "</b>", "/>", "--", "\n",
            "/*", "*/", "#", "\\", ".", "?.", "::", "->", ":=", "?", ":", "%", "*", "-", "not ", " as ", " in ", " between ", " and ", " case when ", " end", "lambda x: ", " over (",
            " pivot (", " for ", " sample ", "array join ", "interval ", "with x as (", "events", "properties.", "count()", "1", "0x", "1e999", "\xc3\xa9", "\xff", "\xe2\x80\x99"};
}

std::string fuzzOne(std::string_view text)
{
    std::size_t covered = 0;
    for (const Token &token : tokenize(text)) {
        if (token.span.start != covered)
            return "a gap between tokens";
        covered = token.span.end;
    }
    if (covered != text.size())
        return "the tokens end early";
    for (const Diagnostic &found : diagnose(text, &project())) {
        if (found.span.end > text.size() || found.span.start > found.span.end || found.message.empty())
            return "a remark outside the text";
        if (found.fix && (found.fix->span.end > text.size() || found.fix->span.start > found.fix->span.end))
            return "a fix outside the text";
    }
    const std::size_t cursor = text.size() / 2;
    completions(text, cursor, project().names());
    hover(text, cursor, &project());
    signatureHelp(text, cursor);
    referencesOf(text, cursor);

    const Parsed<SelectPtr> tree = parseSelect(text);
    if (!tree)
        return tree.error().message.empty() || tree.error().span.end > text.size() || tree.error().offset > text.size() ? "an error without a place" : "";
    const std::string printed = print(**tree);
    const Parsed<SelectPtr> again = parseSelect(printed);
    if (!again || !equal(**tree, **again))
        return "reads back differently: " + printed;
    const Parsed<std::string> formatted = formatText(text);
    if (!formatted)
        return "cannot be formatted";
    const Parsed<SelectPtr> laidOut = parseSelect(*formatted);
    if (!laidOut || !equal(**tree, **laidOut))
        return "formatted it reads differently: " + *formatted;
    if (commentsIn(*formatted) != commentsIn(text))
        return "formatting lost a comment: " + *formatted;
    return "";
}
