#include "app/help.h"

namespace app {

namespace {

constexpr auto general = R"(hoglet-agent: the agent and the data of Hoglet without a window

  hoglet-agent query TEXT|FILE|-        runs HogQL
  hoglet-agent objects                  what the project holds
  hoglet-agent fields EVENT|OBJECT      the properties of an event, or the fields of events, persons, …
  hoglet-agent insights [ID]            saved insights, or what one of them shows
  hoglet-agent export events|persons|query  every row, into a file, with a manifest
  hoglet-agent import FILE…             events from files into a local project
  hoglet-agent whoami                   which project this is, and what the key may do
  hoglet-agent budget                   how much of PostHog's limits is used
  hoglet-agent workflow ID              runs a guided workflow  [--out DIR] [--param NAME=VALUE]… [--answer STEP=VALUE]…
  hoglet-agent workflow --list          the workflows, their parameters and questions
  hoglet-agent acp                      an ACP agent on stdin and stdout, for editors

  --format F         table (what it is otherwise), csv, json, jsonl, markdown, parquet (files only)
  --project demo     the local demo project, which needs no account
  --project DIR      the local project in this folder, which import made; it is started where nobody serves it
  --env-file FILE    read the variables below from FILE where the environment has none
  --version, --help; hoglet-agent COMMAND --help has examples

Without --project, POSTHOG_API_URL, POSTHOG_PERSONAL_API_KEY and POSTHOG_PROJECT_ID name the project and open it. Where none of
them is set it is the demo project.

Ends with 0; 1: it failed; 2: the command line is wrong; 3: the file is written but not complete; 4: the key is refused or lacks
a scope; 5: PostHog's limits, come back later; 130: interrupted. What went wrong is on stderr.
)";

constexpr auto query = R"(hoglet-agent query TEXT|FILE|- [--value NAME=VALUE]… [--format F] [--raw-cells] [--out FILE]

Runs one HogQL statement: the text itself, a file that holds it, or - for stdin. Values fill {placeholders} and never become
HogQL: what reads as JSON is that (5, true, "5"), all else is text. With --out every row goes into a file, however many there are.
CSV has a ' before cells that a spreadsheet would compute; --raw-cells leaves it out.

  hoglet-agent query "SELECT event, count() AS n FROM events GROUP BY event ORDER BY n DESC"
  hoglet-agent query funnel.hogql --value event=sign_up --value days=30 --format csv
  echo "SELECT count() FROM persons" | hoglet-agent query - --format json
  hoglet-agent query "SELECT uuid, timestamp FROM events" --out all.parquet
)";

constexpr auto exports = R"(hoglet-agent export events --from TIME --to TIME --out FILE [--event NAME]… [--where HOGQL]
hoglet-agent export persons --out FILE [--where HOGQL]
hoglet-agent export query TEXT|FILE --out FILE [--key COLUMN,COLUMN] [--value NAME=VALUE]…

Writes every row to FILE, as --format csv, jsonl or parquet says, or FILE's name. Beside it: FILE.manifest.json with what was asked,
the rows of each day and whether they are as many as PostHog counts, and FILE.sha256. The same command goes on with an export that
was stopped, killed, or met a full disk; --anew begins it again. It waits for PostHog's limits and leaves a part of them to others.
TIME is like 2026-01-31 or 2026-01-31T12:00:00Z; --to is not included.

  --value NAME=VALUE  fills {NAME} in --where
  --key COLUMNS       columns of a query that are different in each row: by them more than 50,000 rows are read, in parts
  --raw-cells         CSV without the ' before what a spreadsheet would compute
  --page-rows N       rows asked for at once, at most 50000 (10000)
  --as-files          by PostHog's file download alone; --no-files: never by it
  --anew              forget an export of this file that was not finished

  hoglet-agent export events --from 2026-01-01 --to 2026-02-01 --out january.parquet
  hoglet-agent export events --from 2026-01-01 --to 2026-02-01 --event sign_up --where "properties.plan = {plan}" --value plan=pro --out sign-ups.csv
  hoglet-agent export query "SELECT person_id, count() AS n FROM events GROUP BY person_id" --key person_id --out persons.jsonl
)";

constexpr auto imports = R"(hoglet-agent import FILE… --store DIR [options of hoglet-project import]

Puts events from JSONL, CSV or Parquet files into a local project, which answers HogQL as PostHog does. hoglet-project does it and
must lie beside this program.

  hoglet-agent export events --from 2026-01-01 --to 2026-02-01 --out january.jsonl
  hoglet-agent import january.jsonl --store ./january
  hoglet-agent query --project ./january "SELECT event, count() FROM events GROUP BY event"
)";

constexpr auto fields = R"(hoglet-agent fields EVENT|OBJECT [--format F]

The properties that the latest events of that name carry, with their types and samples; or the fields of an object: events, persons,
sessions, insights, cohorts, feature_flags, session_recordings, actions, dashboards, experiments, surveys, annotations, groups,
event_definitions, property_definitions.

  hoglet-agent fields '$pageview'
  hoglet-agent fields persons --format json
)";

constexpr auto insights = R"(hoglet-agent insights [ID] [--type TYPE] [--limit N] [--format F]

Saved insights, latest first; with the ID or short ID of one, what it shows, computed now.

  hoglet-agent insights --type funnels
  hoglet-agent insights 4Xa9Qz1b --format json
)";

} // namespace

const char *helpOf(const std::string &command)
{
    if (command == "query")
        return query;
    if (command == "export")
        return exports;
    if (command == "import")
        return imports;
    if (command == "fields")
        return fields;
    if (command == "insights")
        return insights;
    return general;
}

} // namespace app
