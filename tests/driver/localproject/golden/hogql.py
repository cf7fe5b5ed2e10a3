"""HogQL over the demo project with its answers, worked out from the CSV dump in plain Python: no SQL, none of the program's code.

    python3 hogql.py FOLDER > hogql.json      [{"query": …, "rows": […]}, …]
"""
import csv
import json
import math
import re
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlparse
from zoneinfo import ZoneInfo

csv.field_size_limit(1 << 24)
folder = sys.argv[1]


def table(name):
    with open(f"{folder}/{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def text_of(value):
    """As HogQL reads a property without a type."""
    if value is None or value == "" or value == "null":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def number_of(value):
    try:
        return None if value is None or isinstance(value, (bool, list, dict)) else float(value)
    except ValueError:
        return None


def iso(time):
    return time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def day(time):
    return time.strftime("%Y-%m-%d")


def quantile(values, fraction):
    values = sorted(values)
    place = fraction * (len(values) - 1)
    low = math.floor(place)
    return values[low] + (values[min(low + 1, len(values) - 1)] - values[low]) * (place - low)


def rows(counter, key=lambda item: item[0]):
    """A Counter or dict as sorted rows."""
    out = []
    for k, v in sorted(counter.items(), key=key):
        out.append([*(k if isinstance(k, tuple) else (k,)), *(v if isinstance(v, (tuple, list)) else (v,))])
    return out


def most(counter, n=None):
    return rows(dict(sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:n]), key=lambda item: (-item[1], item[0]))


events = table("events")
for e in events:
    e["t"] = moment(e["timestamp"])
    e["p"] = json.loads(e["properties"])
events.sort(key=lambda e: (e["t"], e["uuid"]))
persons = {row["id"]: row | {"p": json.loads(row["properties"])} for row in table("persons")}
sessions = {row["session_id"]: row for row in table("sessions")}
replays = table("replay_events")
groups = {row["key"]: row | {"p": json.loads(row["properties"])} for row in table("groups")}
ids = {row["distinct_id"]: row["person_id"] for row in table("person_distinct_ids")}
cohorts = defaultdict(set)
for row in table("cohort_people"):
    cohorts[int(row["cohort_id"])].add(row["person_id"])
now = moment({row["key"]: row["value"] for row in table("meta")}["anchor"])
by_event = defaultdict(list)
for e in events:
    by_event[e["event"]].append(e)
views = by_event["$pageview"]
bills = by_event["paid_bill"]
uploads = by_event["uploaded_file"]
answers = []


def ask(query, result):
    answers.append({"query": query, "rows": result})


def path(e):
    return text_of(e["p"].get("$pathname"))


def browser(e):
    return text_of(e["p"].get("$browser"))


def week_of(time):  # Monday
    return day(time - timedelta(days=time.weekday()))


# Counting
ask("SELECT count() FROM events", [[len(events)]])
ask("SELECT event, count() AS n FROM events GROUP BY event ORDER BY n DESC, event LIMIT 100", most(Counter(e["event"] for e in events)))
ask("SELECT event FROM events GROUP BY event HAVING count() > 10000 ORDER BY event", [[k] for k in sorted(by_event) if len(by_event[k]) > 10000])
ask("SELECT count(DISTINCT person_id), uniq(distinct_id), uniqExact($session_id) FROM events",
    [[len({e["person_id"] for e in events}), len({e["distinct_id"] for e in events}), len({e["session_id"] for e in events if e["session_id"]})]])
ask("SELECT countIf(event = '$pageview'), countIf(event LIKE '$%'), countIf(event NOT LIKE '$%') FROM events",
    [[len(views), sum(e["event"].startswith("$") for e in events), sum(not e["event"].startswith("$") for e in events)]])
ask("SELECT uniqIf(person_id, event = 'uploaded_file') FROM events", [[len({e["person_id"] for e in uploads})]])
ask("SELECT person_id, count() AS n FROM events GROUP BY person_id ORDER BY n DESC, person_id LIMIT 5", most(Counter(e["person_id"] for e in events), 5))
ask("SELECT count() FROM (SELECT person_id FROM events GROUP BY person_id HAVING count() = 1)", [[sum(n == 1 for n in Counter(e["person_id"] for e in events).values())]])

# Time
ask("SELECT toStartOfDay(timestamp) AS day, count() FROM events WHERE timestamp < now() GROUP BY day ORDER BY day",
    rows(Counter(e["timestamp"][:10] + "T00:00:00.000000Z" for e in events if e["t"] < now)))
ask("SELECT toDate(timestamp) AS day, uniq(person_id) FROM events WHERE timestamp >= '2026-01-10' AND timestamp < '2026-01-20' GROUP BY day ORDER BY day",
    rows({d: len(who) for who_by in [defaultdict(set)] for _ in [[who_by[e["timestamp"][:10]].add(e["person_id"]) for e in events if "2026-01-10" <= e["timestamp"][:10] < "2026-01-20"]]
          for d, who in who_by.items()}))
ask("SELECT toHour(timestamp) AS hour, count() FROM events WHERE event = '$pageview' GROUP BY hour ORDER BY hour", rows(Counter(e["t"].hour for e in views)))
ask("SELECT toDayOfWeek(timestamp) AS weekday, count() FROM events WHERE event = '$pageview' GROUP BY weekday ORDER BY weekday", rows(Counter(e["t"].isoweekday() for e in views)))
ask("SELECT toStartOfWeek(timestamp) AS week, count() FROM events WHERE event = 'signed_up' GROUP BY week ORDER BY week", rows(Counter(week_of(e["t"]) for e in by_event["signed_up"])))
ask("SELECT toStartOfWeek(timestamp, 0) AS week, count() FROM events WHERE event = 'signed_up' GROUP BY week ORDER BY week",
    rows(Counter(day(e["t"] - timedelta(days=e["t"].isoweekday() % 7)) for e in by_event["signed_up"])))
ask("SELECT toStartOfMonth(timestamp) AS month, count() FROM events GROUP BY month ORDER BY month", rows(Counter(e["timestamp"][:7] + "-01" for e in events)))
ask("SELECT toStartOfInterval(timestamp, INTERVAL 6 HOUR) AS start, count() FROM events WHERE timestamp >= '2026-01-15' AND timestamp < '2026-01-17' GROUP BY start ORDER BY start",
    rows(Counter(iso(e["t"].replace(hour=e["t"].hour // 6 * 6, minute=0, second=0, microsecond=0)) for e in events if "2026-01-15" <= e["timestamp"][:10] < "2026-01-17")))
ask("SELECT toDate(toTimeZone(timestamp, 'America/New_York')) AS day, count() FROM events WHERE timestamp < now() GROUP BY day ORDER BY day",
    rows(Counter(day(e["t"].astimezone(ZoneInfo("America/New_York"))) for e in events if e["t"] < now)))
ask("SELECT toHour(toTimeZone(timestamp, 'Asia/Kolkata')) AS hour, count() FROM events WHERE event = 'logged_in' GROUP BY hour ORDER BY hour",
    rows(Counter(e["t"].astimezone(ZoneInfo("Asia/Kolkata")).hour for e in by_event["logged_in"])))
ask("SELECT formatDateTime(timestamp, '%Y/%m/%d %H:%i') AS minute, count() AS n FROM events GROUP BY minute ORDER BY n DESC, minute LIMIT 5", most(Counter(e["t"].strftime("%Y/%m/%d %H:%M") for e in events), 5))
ask("SELECT count() FROM events WHERE timestamp > now() - INTERVAL 7 DAY AND timestamp <= now()", [[sum(now - timedelta(days=7) < e["t"] <= now for e in events)]])
ask("SELECT min(timestamp), max(timestamp) FROM events WHERE event = 'upgraded_plan'", [[by_event["upgraded_plan"][0]["timestamp"], by_event["upgraded_plan"][-1]["timestamp"]]])
ask("SELECT dateDiff('day', toDateTime('2026-01-01'), timestamp) AS k, count() FROM events WHERE event = 'paid_bill' GROUP BY k ORDER BY k",
    rows(Counter((e["t"].date() - datetime(2026, 1, 1).date()).days for e in bills)))
ask("SELECT dateDiff('week', toDateTime('2026-01-01'), timestamp) AS k, count() FROM events WHERE event = 'paid_bill' GROUP BY k ORDER BY k",
    rows(Counter((moment(week_of(e["t"]) + "T00:00:00Z") - moment("2025-12-29T00:00:00Z")).days // 7 for e in bills)))
ask("SELECT toYYYYMM(timestamp) AS m, toQuarter(timestamp) AS q, count() FROM events GROUP BY m, q ORDER BY m, q", rows(Counter((e["t"].year * 100 + e["t"].month, (e["t"].month + 2) // 3) for e in events)))
ask("SELECT count() FROM events WHERE dateDiff('second', timestamp, created_at) > 86400", [[sum((moment(e["created_at"]) - e["t"]).total_seconds() > 86400 for e in events)]])

# Properties
ask("SELECT properties.$browser AS browser, count() FROM events GROUP BY browser ORDER BY browser", rows(Counter(browser(e) for e in events), key=lambda i: (i[0] is None, i[0] or "")))
ask("SELECT count() FROM events WHERE properties.plan != 'free'", [[sum(text_of(e["p"].get("plan")) != "free" for e in events)]])
ask("SELECT count() FROM events WHERE properties.plan = 'free'", [[sum(text_of(e["p"].get("plan")) == "free" for e in events)]])
ask("SELECT count() FROM events WHERE NOT (properties.utm_source = 'google')", [[sum(text_of(e["p"].get("utm_source")) != "google" for e in events)]])
ask("SELECT count() FROM events WHERE properties.utm_source IN ('google', 'newsletter')", [[sum(e["p"].get("utm_source") in ("google", "newsletter") for e in events)]])
ask("SELECT count() FROM events WHERE properties.utm_source NOT IN ('google')", [[sum(e["p"].get("utm_source") != "google" for e in events)]])
ask("SELECT count() FROM events WHERE properties.utm_source IS NULL", [[sum(text_of(e["p"].get("utm_source")) is None for e in events)]])
ask("SELECT count() FROM events WHERE properties.$current_url LIKE '%/files/%'", [[sum("/files/" in e["p"].get("$current_url", "") for e in events)]])
ask("SELECT count() FROM events WHERE properties.$current_url NOT ILIKE '%PRICING%'", [[sum("pricing" not in e["p"].get("$current_url", "").lower() for e in events)]])
ask("SELECT count() FROM events WHERE properties.$pathname =~ '^/docs/[a-z]+/$'", [[sum(re.search("^/docs/[a-z]+/$", e["p"].get("$pathname", "")) is not None for e in events)]])
ask("SELECT count() FROM events WHERE properties.$pathname !~ '^/files'", [[sum(re.search("^/files", e["p"].get("$pathname", "")) is None for e in events)]])
ask("SELECT sum(properties.amount_usd), count(properties.amount_usd), max(properties.amount_usd) FROM events",
    [[sum(a), len(a), max(a)] for a in [[number_of(e["p"].get("amount_usd")) for e in bills]]])
ask("SELECT properties.seats AS seats, count(), sum(properties.amount_usd) FROM events WHERE event = 'paid_bill' GROUP BY seats ORDER BY seats",
    rows({s: [len(some), sum(some)] for s in {number_of(e["p"]["seats"]) for e in bills} for some in [[number_of(e["p"]["amount_usd"]) for e in bills if number_of(e["p"]["seats"]) == s]]}))
ask("SELECT avg(properties.file_size_b), median(properties.file_size_b), quantile(0.9)(properties.file_size_b) FROM events WHERE event = 'uploaded_file'",
    [[sum(v) / len(v), quantile(v, 0.5), quantile(v, 0.9)] for v in [[number_of(e["p"]["file_size_b"]) for e in uploads]]])
ask("SELECT quantiles(0.25, 0.5, 0.75)(properties.$web_vitals_LCP_value) FROM events WHERE event = '$web_vitals'",
    [[[quantile(v, f) for f in (0.25, 0.5, 0.75)]] for v in [[x for e in by_event["$web_vitals"] for x in [number_of(e["p"].get("$web_vitals_LCP_value"))] if x is not None]]])
ask("SELECT properties.from_invite AS invited, count() FROM events WHERE event = 'signed_up' GROUP BY invited ORDER BY invited", rows(Counter(e["p"]["from_invite"] for e in by_event["signed_up"])))
ask("SELECT properties.is_trial AS trial, count() FROM events WHERE event = 'logged_in' GROUP BY trial ORDER BY trial", rows(Counter(text_of(e["p"]["is_trial"]) for e in by_event["logged_in"])))
ask("SELECT toFloat(properties.$survey_response) >= 9 AS promoter, count() FROM events WHERE event = 'survey sent' GROUP BY promoter ORDER BY promoter",
    rows(Counter(number_of(e["p"]["$survey_response"]) >= 9 for e in by_event["survey sent"])))
ask("SELECT properties['$feature/signup-page-v2'] AS variant, uniq(person_id) FROM events WHERE properties['$feature/signup-page-v2'] IS NOT NULL GROUP BY variant ORDER BY variant",
    rows({v: len({e["person_id"] for e in events if e["p"].get("$feature/signup-page-v2") == v}) for v in ("control", "test")}))
ask("SELECT properties.$groups.account AS account, count() AS n FROM events WHERE event = 'invited_team_member' AND isNotNull(account) GROUP BY account ORDER BY n DESC, account LIMIT 5",
    most(Counter(e["p"]["$groups"]["account"] for e in by_event["invited_team_member"] if "account" in e["p"].get("$groups", {})), 5))
ask("SELECT JSONExtractString(properties, '$browser') AS b, count() FROM events WHERE event = 'logged_in' GROUP BY b ORDER BY b", rows(Counter(e["p"].get("$browser", "") for e in by_event["logged_in"])))
ask("SELECT JSONExtractInt(properties, 'seats') AS seats, count() FROM events WHERE event = 'paid_bill' GROUP BY seats ORDER BY seats", rows(Counter(int(e["p"]["seats"]) for e in bills)))
ask("SELECT JSONHas(properties, 'utm_source') AS h, count() FROM events GROUP BY h ORDER BY h", rows(Counter("utm_source" in e["p"] for e in events)))
ask("SELECT arrayJoin(JSONExtract(properties, '$exception_values', 'Array(String)')) AS message, count() AS n, uniq(person_id) FROM events WHERE event = '$exception' GROUP BY message ORDER BY n DESC",
    [[m, n, len({e["person_id"] for e in by_event["$exception"] if m in e["p"]["$exception_values"]})] for m, n in Counter(v for e in by_event["$exception"] for v in e["p"]["$exception_values"]).most_common()])

# Persons, groups, sessions, cohorts
ask("SELECT person.properties.source AS source, count(), uniq(person_id) FROM events WHERE event = '$pageview' GROUP BY source ORDER BY source",
    rows({s: [len(some), len(set(some))] for s in {p["p"].get("source") for p in persons.values()} for some in [[e["person_id"] for e in views if persons[e["person_id"]]["p"].get("source") == s]] if some}))
ask("SELECT count() FROM events WHERE person.properties.email LIKE '%@driftboard.example'", [[sum(persons[e["person_id"]]["p"].get("email", "").endswith("@driftboard.example") for e in events)]])
ask("SELECT properties.$geoip_country_code AS country, count() AS n FROM persons GROUP BY country ORDER BY n DESC, country LIMIT 10", most(Counter(p["p"]["$geoip_country_code"] for p in persons.values()), 10))
ask("SELECT is_identified, count() FROM persons GROUP BY is_identified ORDER BY is_identified", rows(Counter(p["is_identified"] == "true" for p in persons.values())))
ask("SELECT properties.plan AS plan, properties.is_trial AS trial, count() FROM persons WHERE is_identified GROUP BY plan, trial ORDER BY plan, trial",
    rows(Counter((text_of(p["p"].get("plan")), p["p"].get("is_trial")) for p in persons.values() if p["is_identified"] == "true"), key=lambda i: (i[0][0] or "~", i[0][1] is None, bool(i[0][1]))))
ask("SELECT count() FROM person_distinct_ids WHERE distinct_id LIKE 'u\\\\_%'", [[sum(i.startswith("u_") for i in ids)]])
ask("SELECT n, count() FROM (SELECT person_id, count() AS n FROM person_distinct_ids GROUP BY person_id) GROUP BY n ORDER BY n", rows(Counter(Counter(ids.values()).values())))
ask("SELECT properties.industry AS industry, count(), sum(properties.mrr_usd) FROM groups GROUP BY industry ORDER BY industry",
    rows({i: [len(some), sum(some)] for i in {g["p"]["industry"] for g in groups.values()} for some in [[g["p"]["mrr_usd"] for g in groups.values() if g["p"]["industry"] == i]]}))
ask("SELECT group_0.properties.plan AS plan, count() FROM events WHERE $group_0 != '' GROUP BY plan ORDER BY plan", rows(Counter(groups[e["group_0"]]["p"]["plan"] for e in events if e["group_0"])))
ask("SELECT $channel_type AS channel, count(), round(100 * countIf($is_bounce) / count(), 2) FROM sessions GROUP BY channel ORDER BY channel",
    rows({c: [len(some), round(100 * sum(some) / len(some), 2)] for c in {s["channel_type"] for s in sessions.values()} for some in [[s["is_bounce"] == "true" for s in sessions.values() if s["channel_type"] == c]]}))
ask("SELECT $entry_pathname AS page, count() AS n FROM sessions GROUP BY page ORDER BY n DESC, page LIMIT 5", most(Counter(s["entry_pathname"] for s in sessions.values()), 5))
ask("SELECT sum($pageview_count), max($session_duration), sum($autocapture_count) FROM sessions",
    [[sum(int(s["pageview_count"]) for s in sessions.values()), max(int(s["duration"]) for s in sessions.values()), sum(int(s["autocapture_count"]) for s in sessions.values())]])
ask("SELECT session.$channel_type AS channel, count() FROM events WHERE event = 'signed_up' GROUP BY channel ORDER BY channel", rows(Counter(sessions[e["session_id"]]["channel_type"] for e in by_event["signed_up"])))
ask("SELECT count(), uniq(person_id) FROM events WHERE person_id IN COHORT 'Internal'", [[len(some), len(set(some))] for some in [[e["person_id"] for e in events if e["person_id"] in cohorts[2]]]])
ask("SELECT count() FROM events WHERE person_id NOT IN COHORT 3 AND event = 'uploaded_file'", [[sum(e["person_id"] not in cohorts[3] for e in uploads)]])
ask("SELECT cohort_id, count() FROM cohort_people GROUP BY cohort_id ORDER BY cohort_id", rows({c: len(who) for c, who in cohorts.items()}))
files = [e for e in events if e["event"] in ("uploaded_file", "downloaded_file", "shared_file", "deleted_file")]
ask("SELECT count(), uniq(person_id) FROM events WHERE matchesAction('Interacted with a file')", [[len(files), len({e["person_id"] for e in files})]])
ask("SELECT count() FROM events WHERE matchesAction('Came from the newsletter')", [[sum(e["p"].get("utm_source") == "newsletter" for e in views)]])
ask("SELECT count(), sum(click_count), sum(console_error_count) FROM raw_session_replay_events", [[len(replays), sum(int(r["click_count"]) for r in replays), sum(int(r["console_error_count"]) for r in replays)]])
ask("SELECT uniq(session_id), round(avg(active_milliseconds) / 1000, 3) FROM session_replay_events WHERE console_error_count > 0",
    [[len(some), round(sum(some.values()) / len(some) / 1000, 3)] for all_ in [defaultdict(lambda: [0, 0])] for _ in [[(all_[r["session_id"]].__setitem__(0, all_[r["session_id"]][0] + int(r["active_milliseconds"])),
     all_[r["session_id"]].__setitem__(1, all_[r["session_id"]][1] + int(r["console_error_count"]))) for r in replays]] for some in [{s: a for s, (a, n) in all_.items() if n > 0}]])

# Funnels, retention, first and last
DAY = 86400


def level(steps, window, entries):
    begun = [None] * steps
    best = 0
    for time, step in sorted(entries):
        if step == 0:
            begun[0] = time
            best = max(best, 1)
        elif begun[step - 1] is not None and (time - begun[step - 1]).total_seconds() <= window:
            begun[step] = begun[step - 1]
            best = max(best, step + 1)
    return best


def funnel(window, *steps):
    entries = defaultdict(list)
    for e in events:
        for i, step in enumerate(steps):
            if step(e):
                entries[e["person_id"]].append((e["t"], i))
    return [level(len(steps), window, list_) for list_ in entries.values()]


def at_least(levels, count):
    return [[sum(n >= k for n in levels) for k in range(1, count + 1)]]


ask("SELECT countIf(n >= 1), countIf(n >= 2), countIf(n >= 3) FROM (SELECT person_id, windowFunnel(1209600)(timestamp, event = '$pageview' AND properties.$pathname = '/', "
    "event = '$pageview' AND properties.$pathname = '/signup/', event = 'signed_up') AS n FROM events GROUP BY person_id)",
    at_least(funnel(14 * DAY, lambda e: e["event"] == "$pageview" and path(e) == "/", lambda e: e["event"] == "$pageview" and path(e) == "/signup/", lambda e: e["event"] == "signed_up"), 3))
ask("SELECT countIf(n >= 1), countIf(n >= 2), countIf(n >= 3) FROM (SELECT person_id, windowFunnel(86400)(timestamp, event = 'uploaded_file', event = 'shared_file', event = 'downloaded_file') AS n "
    "FROM events GROUP BY person_id)", at_least(funnel(DAY, *(lambda e, name=name: e["event"] == name for name in ("uploaded_file", "shared_file", "downloaded_file"))), 3))
ask("SELECT n, count() FROM (SELECT person_id, windowFunnel(604800)(timestamp, event = '$pageview', properties.$pathname = '/pricing/', event = 'signed_up') AS n FROM events GROUP BY person_id) GROUP BY n ORDER BY n",
    rows(Counter([*(levels := funnel(7 * DAY, lambda e: e["event"] == "$pageview", lambda e: path(e) == "/pricing/", lambda e: e["event"] == "signed_up")), *[0] * (len({e["person_id"] for e in events}) - len(levels))])))
ask("SELECT sum(r[1]), sum(r[2]), sum(r[3]) FROM (SELECT retention(event = 'signed_up', event = 'uploaded_file', event = 'upgraded_plan') AS r FROM events GROUP BY person_id)",
    [[len(a), len(a & b), len(a & c)] for a, b, c in [[{e["person_id"] for e in by_event[n]} for n in ("signed_up", "uploaded_file", "upgraded_plan")]]])
first_week = {}
for e in files:
    first_week.setdefault(e["person_id"], week_of(e["t"]))
ask("SELECT f.week AS first, dateDiff('week', f.week, a.week) AS k, count() FROM (SELECT DISTINCT person_id, toStartOfWeek(timestamp) AS week FROM events WHERE event IN ('uploaded_file', 'downloaded_file', "
    "'shared_file', 'deleted_file')) AS a JOIN (SELECT person_id, min(toStartOfWeek(timestamp)) AS week FROM events WHERE event IN ('uploaded_file', 'downloaded_file', 'shared_file', 'deleted_file') "
    "GROUP BY person_id) AS f ON f.person_id = a.person_id GROUP BY first, k ORDER BY first, k",
    rows(Counter((first_week[p], (moment(w + "T00:00:00Z") - moment(first_week[p] + "T00:00:00Z")).days // 7) for p, w in {(e["person_id"], week_of(e["t"])) for e in files})))
newest = {}
for e in views:
    newest[e["person_id"]] = e
ties = Counter((e["person_id"], e["timestamp"]) for e in views)
ask("SELECT path, count() AS n FROM (SELECT argMax(properties.$pathname, (timestamp, uuid)) AS path FROM events WHERE event = '$pageview' GROUP BY person_id) GROUP BY path ORDER BY n DESC, path LIMIT 5",
    most(Counter(path(e) for e in newest.values()), 5))
first_bill = {}
for e in bills:
    first_bill.setdefault(e["group_0"], e)
ask("SELECT count(), min(first), max(first) FROM (SELECT $group_0 AS account, min(timestamp) AS first FROM events WHERE event = 'paid_bill' GROUP BY account)",
    [[len(first_bill), min(e["timestamp"] for e in first_bill.values()), max(e["timestamp"] for e in first_bill.values())]])

# Arrays, lambdas, text
ask("SELECT arraySort(groupUniqArray(properties.file_type)) FROM events WHERE event = 'uploaded_file'", [[sorted({e["p"]["file_type"] for e in uploads})]])
ask("SELECT length(groupArray(uuid)), arraySum(groupArray(properties.seats)) FROM events WHERE event = 'paid_bill'", [[len(bills), sum(number_of(e["p"]["seats"]) for e in bills)]])
ask("SELECT arrayMap(x -> x * x, range(1, 6)), arrayFilter(x -> x % 2 = 0, range(10)), arrayCumSum([1, 2, 3]), arrayReverse(arraySort([3, 1, 2]))", [[[1, 4, 9, 16, 25], [0, 2, 4, 6, 8], [1, 3, 6], [3, 2, 1]]])
ask("SELECT n, count() FROM (SELECT arrayUniq(groupArray(properties.$browser)) AS n FROM events GROUP BY person_id) GROUP BY n ORDER BY n",
    rows(Counter(len(s) for all_ in [defaultdict(set)] for _ in [[all_[e["person_id"]].add(browser(e)) for e in events if browser(e)]] for s in [*all_.values(), *[set()] * (len({e["person_id"] for e in events}) - len(all_))])))
ask("SELECT arrayElement(splitByChar('/', properties.$pathname), 2) AS part, count() AS n FROM events WHERE event = '$pageview' GROUP BY part ORDER BY n DESC, part LIMIT 6", most(Counter(path(e).split("/")[1] for e in views), 6))
ask("SELECT tag, count() AS n FROM (SELECT arrayJoin(arrayFilter(x -> x != '', splitByChar('/', assumeNotNull(properties.$pathname)))) AS tag FROM events WHERE event = '$pageview') GROUP BY tag ORDER BY n DESC, tag LIMIT 5",
    most(Counter(x for e in views for x in path(e).split("/") if x), 5))
ask("SELECT extract(properties.invoice_id, 'in_(\\\\d{2})') AS two, count() FROM events WHERE event = 'paid_bill' GROUP BY two ORDER BY two", rows(Counter(e["p"]["invoice_id"][3:5] for e in bills)))
ask("SELECT replaceRegexpAll(properties.$pathname, '[0-9]+', ':id') AS page, count() AS n FROM events WHERE event = '$pageview' GROUP BY page ORDER BY n DESC, page LIMIT 8", most(Counter(re.sub("[0-9]+", ":id", path(e)) for e in views), 8))
ask("SELECT domain(properties.$referrer) AS d, count() FROM events WHERE event = '$pageview' AND isNotNull(properties.$referrer) GROUP BY d ORDER BY d",
    rows(Counter(urlparse(e["p"]["$referrer"]).netloc if "//" in e["p"]["$referrer"] else "" for e in views if "$referrer" in e["p"])))
ask("SELECT path(properties.$current_url) AS p, count() AS n FROM events WHERE event = '$pageview' GROUP BY p ORDER BY n DESC, p LIMIT 5", most(Counter(urlparse(e["p"]["$current_url"]).path for e in views), 5))
ask("SELECT extractURLParameter(properties.$current_url, 'utm_source') AS s, count() FROM events WHERE event = '$pageview' GROUP BY s ORDER BY s",
    rows(Counter(parse_qs(urlparse(e["p"]["$current_url"]).query).get("utm_source", [""])[0] for e in views)))
ask("SELECT upper(substring(properties.$browser, 1, 3)) AS b, sum(length(properties.$browser)) FROM events WHERE event = 'logged_in' GROUP BY b ORDER BY b",
    rows({b: sum(len(browser(e)) for e in by_event["logged_in"] if browser(e)[:3].upper() == b) for b in {browser(e)[:3].upper() for e in by_event["logged_in"]}}))
ask("SELECT concat(properties.$browser, ' on ', properties.$os) AS pair, count() AS n FROM events WHERE event = '$rageclick' GROUP BY pair ORDER BY n DESC, pair", most(Counter(e["p"]["$browser"] + " on " + e["p"]["$os"] for e in by_event["$rageclick"])))
ask("SELECT multiIf(toHour(timestamp) < 6, 'night', toHour(timestamp) < 12, 'morning', toHour(timestamp) < 18, 'afternoon', 'evening') AS part, count() FROM events WHERE event = 'logged_in' GROUP BY part ORDER BY part",
    rows(Counter("night" if e["t"].hour < 6 else "morning" if e["t"].hour < 12 else "afternoon" if e["t"].hour < 18 else "evening" for e in by_event["logged_in"])))
ask("SELECT coalesce(properties.utm_source, 'none') AS s, count() FROM events WHERE event = '$pageview' GROUP BY s ORDER BY s", rows(Counter(e["p"].get("utm_source", "none") for e in views)))
ask("SELECT properties.$viewport_width > 1000 ? 'wide' : 'narrow' AS w, count() FROM events WHERE event = '$pageview' GROUP BY w ORDER BY w", rows(Counter("wide" if (number_of(e["p"].get("$viewport_width")) or 0) > 1000 else "narrow" for e in views)))

# Shapes of queries
ask("WITH active AS (SELECT person_id, count() AS n FROM events WHERE event = 'uploaded_file' GROUP BY person_id) SELECT countIf(n >= 10), countIf(n < 10), max(n) FROM active",
    [[sum(n >= 10 for n in c.values()), sum(n < 10 for n in c.values()), max(c.values())] for c in [Counter(e["person_id"] for e in uploads)]])
ask("SELECT count() FROM events WHERE person_id IN (SELECT person_id FROM events WHERE event = 'upgraded_plan') AND event = 'uploaded_file'",
    [[sum(e["person_id"] in who for e in uploads) for who in [{e["person_id"] for e in by_event["upgraded_plan"]}]][0:1]])
ask("SELECT event, properties.$browser AS b, count() AS n FROM events WHERE event IN ('signed_up', 'logged_in') GROUP BY event, b ORDER BY event, n DESC, b LIMIT 1 BY event",
    [[name, *most(Counter(browser(e) for e in by_event[name]), 1)[0]] for name in ("logged_in", "signed_up")])
ask("SELECT kind, n FROM (SELECT 'views' AS kind, count() AS n FROM events WHERE event = '$pageview' UNION ALL SELECT 'bills', count() FROM events WHERE event = 'paid_bill') ORDER BY kind", [["bills", len(bills)], ["views", len(views)]])
per_day = Counter(e["timestamp"][:10] for e in bills)
running = 0
running_rows = []
for d in sorted(per_day):
    running += per_day[d]
    running_rows.append([d, per_day[d], running])
ask("SELECT day, n, sum(n) OVER (ORDER BY day) FROM (SELECT toDate(timestamp) AS day, count() AS n FROM events WHERE event = 'paid_bill' GROUP BY day) ORDER BY day", running_rows)
ask("SELECT day, n - lagInFrame(n, 1, 0) OVER (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS change FROM (SELECT toDate(timestamp) AS day, count() AS n FROM events "
    "WHERE event = 'paid_bill' GROUP BY day) ORDER BY day LIMIT 10", [[d, per_day[d] - (per_day[sorted(per_day)[i - 1]] if i else 0)] for i, d in enumerate(sorted(per_day))][:10])
ask("SELECT event, count() AS n FROM events WHERE event IN ('signed_up', 'paid_bill') GROUP BY ROLLUP(event) ORDER BY n", [["paid_bill", len(bills)], ["signed_up", len(by_event["signed_up"])], [None, len(bills) + len(by_event["signed_up"])]])
ask("SELECT s.channel AS channel, count() FROM (SELECT session_id, $channel_type AS channel FROM sessions) AS s JOIN (SELECT DISTINCT $session_id AS id FROM events WHERE event = '$exception') AS x ON x.id = s.session_id "
    "GROUP BY channel ORDER BY channel", rows(Counter(sessions[s]["channel_type"] for s in {e["session_id"] for e in by_event["$exception"]} if s in sessions)))
ask("SELECT countIf(event = 'upgraded_plan') / countIf(event = 'signed_up') AS rate FROM events", [[len(by_event["upgraded_plan"]) / len(by_event["signed_up"])]])
ask("SELECT person_id, groupArray(event) AS path FROM (SELECT person_id, event FROM events WHERE event IN ('signed_up', 'upgraded_plan', 'downgraded_plan') ORDER BY timestamp) GROUP BY person_id HAVING has(path, 'downgraded_plan') ORDER BY person_id",
    [[p, [e["event"] for e in events if e["person_id"] == p and e["event"] in ("signed_up", "upgraded_plan", "downgraded_plan")]] for p in sorted({e["person_id"] for e in by_event["downgraded_plan"]})])
ask("SELECT topK(3)(properties.$os) FROM events WHERE event = '$exception'", [[[k for k, _ in sorted(Counter(e["p"]["$os"] for e in by_event["$exception"]).items(), key=lambda i: (-i[1], i[0]))[:3]]]])
ask("SELECT message, count() FROM log_entries WHERE level = 'error' GROUP BY message ORDER BY message",
    rows(Counter(e["p"]["$exception_values"][0] for e in by_event["$exception"] if e["session_id"] in {r["session_id"] for r in replays})))
ask("SELECT name, is_static FROM system.cohorts WHERE NOT deleted ORDER BY id", [[b["name"], b["is_static"]] for row in sorted(table("objects"), key=lambda r: int(r["id"])) if row["kind"] == "cohorts" for b in [json.loads(row["body"])]])
ask("SELECT key, active FROM system.feature_flags ORDER BY key", sorted([b["key"], b["active"]] for row in table("objects") if row["kind"] == "feature_flags" for b in [json.loads(row["body"])]))

json.dump(answers, sys.stdout, ensure_ascii=False, indent=1)
print()
