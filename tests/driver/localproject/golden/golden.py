"""Answers about the demo project, worked out from its CSV dump by other means than the program's: plain Python, no SQL.

    python3 golden.py FOLDER > golden.json
"""
import csv
import json
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from statistics import median

csv.field_size_limit(1 << 24)
folder = sys.argv[1]
DAY = 86_400_000_000
FILE_EVENTS = {"uploaded_file", "downloaded_file", "shared_file", "deleted_file"}
STEPS = ["/", "/signup/", "signed_up", "uploaded_file", "upgraded_plan"]
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def micros(text):
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment - EPOCH) // timedelta(microseconds=1)


def table(name):
    with open(f"{folder}/{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def percent(part, whole):
    return round(100 * part / whole, 2) if whole else None


def counted(pairs, least=1):
    return {str(k): n for k, n in sorted(pairs.items(), key=lambda item: str(item[0])) if n >= least}


meta = {row["key"]: row["value"] for row in table("meta")}
end = micros(meta["anchor"]) - DAY // 2
start = end - 30 * DAY
first_monday = start - (datetime.fromtimestamp(start / 1e6, timezone.utc).weekday()) * DAY


def week(time):
    return (time - first_monday) // (7 * DAY)


events = table("events")
for event in events:
    event["time"] = micros(event["timestamp"])
    event["arrived"] = micros(event["created_at"])
    event["p"] = json.loads(event["properties"])
events.sort(key=lambda e: (e["time"], e["uuid"]))
past = [e for e in events if e["time"] < end]
persons = {row["id"]: row | {"p": json.loads(row["properties"])} for row in table("persons")}
sessions = table("sessions")
replays = table("replay_events")
groups = table("groups")
answers = {}

# Size
answers["checksum"] = meta["checksum"]
answers["events"] = len(events)
answers["events by type"] = counted(Counter(e["event"] for e in events))
answers["persons"] = len(persons)
answers["identified persons"] = sum(p["is_identified"] == "true" for p in persons.values())
answers["persons with events"] = len({e["person_id"] for e in events})
answers["distinct ids"] = len(table("person_distinct_ids"))
answers["accounts"] = len(groups)
answers["sessions"] = len(sessions)
answers["replays"] = len(replays)
answers["objects"] = counted(Counter(row["kind"] for row in table("objects")))
answers["cohort people"] = counted(Counter(row["cohort_id"] for row in table("cohort_people")))
answers["distinct event uuids"] = len({e["uuid"] for e in events})
used = {(k, "event") for e in events for k in e["p"]} | {(k, "person") for p in persons.values() for k in p["p"]} \
    | {(k, "group") for g in groups for k in json.loads(g["properties"])}
definitions = {(d["name"], d["type"]): d["property_type"] for d in table("property_definitions")}
answers["properties without a definition"] = sorted(f"{t}: {n}" for n, t in used - definitions.keys())


# Funnel: in order, 14 days from the first step, one person once. The steps' times are those of the first views after each other.
def step_of(e):
    if e["event"] == "$pageview":
        return {"/": 0, "/signup/": 1}.get(e["p"]["$pathname"])
    return {"signed_up": 2, "uploaded_file": 3, "upgraded_plan": 4}.get(e["event"])


path_of = defaultdict(list)
for e in past:
    step = step_of(e)
    if step is not None:
        path_of[e["person_id"]].append((e["time"], step, e))
level = {}
reached = {}
for person, path in path_of.items():
    path.sort(key=lambda item: item[:2])
    begun = [None] * 5
    best = 0
    firsts = []
    for time, step, e in path:
        if step == 0:
            begun[0] = time
            best = max(best, 1)
        elif begun[step - 1] is not None and time - begun[step - 1] <= 14 * DAY:
            begun[step] = begun[step - 1]
            best = max(best, step + 1)
        if step == len(firsts):
            firsts.append(e)
    level[person] = best
    reached[person] = firsts
answers["funnel"] = [sum(n > step for n in level.values()) for step in range(5)]
answers["dropped after step"] = [sum(n == step for n in level.values()) for step in range(1, 5)]
answers["median seconds to step"] = [
    round(median((r[k]["time"] - r[k - 1]["time"]) / 1e6 for person, r in reached.items() if level[person] > k), 1) for k in range(1, 5)]


def signup_by(key):
    seen = Counter()
    done = Counter()
    for person, firsts in reached.items():
        if level[person] >= 2:
            seen[key(person, firsts[1])] += 1
            done[key(person, firsts[1])] += level[person] >= 3
    return {str(k): [seen[k], done[k], percent(done[k], seen[k])] for k in sorted(seen)}


def pair(e):
    return e["p"]["$browser"] + " on " + e["p"]["$os"]


answers["sign-up by browser and system"] = signup_by(lambda _, e: pair(e))
answers["sign-up by release"] = signup_by(lambda _, e: e["p"]["$app_version"])
answers["sign-up by device"] = signup_by(lambda _, e: e["p"]["$device_type"])
answers["sign-up by country"] = signup_by(lambda _, e: e["p"]["$geoip_country_code"])
answers["sign-up by source"] = signup_by(lambda person, _: persons[person]["p"]["source"])
answers["sign-up by week"] = signup_by(lambda _, e: week(e["time"]))
if meta["plant"] != "none":
    browser, system = (part.split("=")[1] for part in meta["plant"].split(","))
    planted = f"{browser} on {system}"
    answers["sign-up of the planted segment by release"] = signup_by(lambda _, e: f"{pair(e) == planted} {e['p']['$app_version']}")

# Errors
errors = [e for e in past if e["event"] == "$exception"]
answers["exceptions by message: times, persons"] = {
    message: [len(some), len({e["person_id"] for e in some})] for message in sorted({e["p"]["$exception_values"][0] for e in errors})
    for some in [[e for e in errors if e["p"]["$exception_values"][0] == message]]}
broken = [e for e in errors if e["p"]["$exception_fingerprint"] == "plan-id"]
answers["plan error by browser, system and release"] = counted(Counter(pair(e) + " " + e["p"]["$app_version"] for e in broken))
answers["plan error pages"] = counted(Counter(e["p"]["$pathname"] for e in broken))
broken_sessions = {e["session_id"] for e in broken}
answers["plan error sessions"] = len(broken_sessions)
answers["plan error sessions with a rage click"] = len({e["session_id"] for e in past if e["event"] == "$rageclick"} & broken_sessions)
if meta["plant"] != "none":
    exposed = {e["session_id"] for e in past if e["event"] == "$pageview" and e["p"]["$pathname"] == "/signup/"
               and e["p"]["$app_version"] == "2.4.0" and pair(e) == planted}
    answers["percent of exposed sessions with the plan error"] = percent(len(broken_sessions), len(exposed))
answers["replays with console errors"] = sum(r["console_error_count"] != "0" for r in replays)
answers["sessions with an exception that have no replay"] = len({e["session_id"] for e in errors} - {r["session_id"] for r in replays})
answers["exceptions by release"] = counted(Counter(e["p"]["$app_version"] for e in errors))
answers["rage clicks by page"] = counted(Counter(e["p"]["$pathname"] for e in past if e["event"] == "$rageclick"), 5)

# Experiments: persons who saw one variant only, counted from their first exposure on
first_time = {}
for name in ("signed_up", "uploaded_file"):
    for e in past:
        if e["event"] == name:
            first_time.setdefault((e["person_id"], name), e["time"])
for flag, goal in (("signup-page-v2", "signed_up"), ("pricing-order", "signed_up"), ("fast-upload", "uploaded_file")):
    seen = defaultdict(list)
    for e in past:
        if e["event"] == "$feature_flag_called" and e["p"]["$feature_flag"] == flag:
            seen[e["person_id"]].append((e["time"], e["p"]["$feature_flag_response"]))
    shown = Counter()
    won = Counter()
    both = 0
    for person, calls in seen.items():
        if len({v for _, v in calls}) > 1:
            both += 1
            continue
        shown[calls[0][1]] += 1
        won[calls[0][1]] += first_time.get((person, goal), 0) > calls[0][0]
    mean = sum(shown.values()) / 2
    answers[f"experiment {flag}"] = {
        "both variants": both, "chi square of the split": round(sum((n - mean) ** 2 / mean for n in shown.values()), 3),
        **{v: [shown[v], won[v], percent(won[v], shown[v])] for v in sorted(shown)}}
outside = defaultdict(lambda: [0, 0])
for person, firsts in reached.items():
    if level[person] >= 2 and meta["plant"] != "none" and pair(firsts[1]) != planted:
        outside[person] = [1, level[person] >= 3]
variant_of = defaultdict(set)
for e in past:
    if e["event"] == "$feature_flag_called" and e["p"]["$feature_flag"] == "signup-page-v2":
        variant_of[e["person_id"]].add(e["p"]["$feature_flag_response"])
answers["signup-page-v2 outside the planted segment"] = {
    variant: [len(some), sum(some), percent(sum(some), len(some))] for variant in ("control", "test")
    for some in [[done for person, (_, done) in outside.items() if variant_of[person] == {variant}]]}
answers["errors per sign-up page variant"] = counted(Counter(
    next(iter(variant_of[e["person_id"]])) for e in errors if len(variant_of[e["person_id"]]) == 1 and e["p"]["$pathname"] == "/signup/"))

# Retention by calendar week, Monday first, from the first file event in the data
weeks_of = defaultdict(set)
files_in_week = Counter()
for e in past:
    if e["event"] in FILE_EVENTS:
        weeks_of[e["person_id"]].add(week(e["time"]))
        files_in_week[e["person_id"], week(e["time"])] += 1
last_week = week(end - 1)


def retention(keep):
    rates = []
    for k in range(last_week + 1):
        base = [ws for person, ws in weeks_of.items() if min(ws) + k <= last_week and keep(person)]
        rates.append([len(base), percent(sum(min(ws) + k in ws for ws in base), len(base))])
    return rates


answers["retention by week: persons, percent"] = retention(lambda person: True)
answers["retention of the newsletter's people"] = retention(lambda person: persons[person]["p"]["source"] == "newsletter")
answers["file users per week"] = [sum(w in ws for ws in weeks_of.values()) for w in range(last_week + 1)]
users = Counter()
for (person, _), n in files_in_week.items():
    users[person] += n
answers["percent of file events by the top 5 % of users"] = percent(
    sum(sorted(users.values(), reverse=True)[:len(users) // 20]), sum(users.values()))

# Adoption of file previews in the first whole week after the release on day 15
adoption = week(start + 14 * DAY + 6 * DAY)
adopted = {e["person_id"] for e in past if e["event"] == "file_previewed" and week(e["time"]) == adoption}
came = defaultdict(lambda: [0, 0])
for person, ws in weeks_of.items():
    if adoption in ws:
        who = "adopters" if person in adopted else "others"
        came[who][0] += 1
        came[who][1] += adoption + 1 in ws
before = Counter()
for (person, w), n in files_in_week.items():
    if w < adoption:
        before[person] += n
for person, ws in weeks_of.items():
    if adoption in ws:
        kind = ("busy " if before[person] >= 8 else "calm ") + ("adopters" if person in adopted else "others")
        came[kind][0] += 1
        came[kind][1] += adoption + 1 in ws
answers["return in the week after adoption week"] = {k: [*v, percent(v[1], v[0])] for k, v in sorted(came.items())}

# Revenue
bills = [e for e in past if e["event"] == "paid_bill"]
answers["bills"] = len(bills)
answers["revenue, dollars"] = sum(int(e["p"]["amount_usd"]) for e in bills)
invoices = {e["p"]["invoice_id"]: int(e["p"]["amount_usd"]) for e in bills}
answers["revenue without repeated invoices"] = sum(invoices.values())
answers["invoices that came twice"] = len(bills) - len(invoices)
answers["amounts that are text"] = sum(isinstance(e["p"]["amount_usd"], str) for e in bills)
change = sum(e["p"]["mrr_delta_usd"] for e in past if "mrr_delta_usd" in e["p"])
now = sum(json.loads(g["properties"])["mrr_usd"] for g in groups)
answers["monthly revenue at start and end"] = [now - change, now]
answers["accounts that left"] = sum(e["event"] == "downgraded_plan" for e in past)
answers["accounts with bills"] = len({e["group_0"] for e in bills})

# Data quality
answers["events from the future"] = len(events) - len(past)
answers["events that came more than a day late"] = sum(e["arrived"] - e["time"] > DAY for e in events)
answers["repeated page views"] = sum(n - 1 for n in Counter(
    (e["timestamp"], e["distinct_id"], e["properties"]) for e in events if e["event"] == "$pageview").values())
answers["events of distinct id undefined"] = sum(e["distinct_id"] == "undefined" for e in events)
bots = {e["distinct_id"] for e in events if "HeadlessChrome" in e["p"].get("$raw_user_agent", "")}
answers["bots and their page views"] = [len(bots), sum(e["distinct_id"] in bots and e["event"] == "$pageview" for e in events)]
answers["internal persons"] = sum(p["p"].get("email", "").endswith("@driftboard.example") for p in persons.values())
answers["events in the outage hour"] = sum(0 <= e["time"] - (start + 19 * DAY + 14 * DAY // 24) < DAY // 24 for e in past)
answers["is_trial: declared, found"] = [definitions["is_trial", "event"], sorted({type(e["p"]["is_trial"]).__name__ for e in events if "is_trial" in e["p"]})]
answers["columns that differ from their property"] = sum(
    (e[column] or None) != e["p"].get(name) for e in events for name, column in (
        ("$browser", "mat_browser"), ("$os", "mat_os"), ("$device_type", "mat_device_type"), ("$pathname", "mat_pathname"),
        ("$current_url", "mat_current_url"), ("$host", "mat_host"), ("$referring_domain", "mat_referring_domain"),
        ("$geoip_country_code", "mat_country"), ("$app_version", "mat_release"), ("$lib", "mat_lib")))

# Time and sessions
per_day = Counter((e["time"] - start) // DAY for e in past)
answers["events per day"] = [per_day[d] for d in range(30)]
active = defaultdict(set)
for e in past:
    active[(e["time"] - start) // DAY].add(e["person_id"])
answers["active persons per day"] = [len(active[d]) for d in range(30)]
answers["new home page visitors from the newsletter on days 12 to 14, percent"] = (lambda some: percent(sum(some), len(some)))(
    [persons[person]["p"]["source"] == "newsletter" for person, firsts in reached.items() if firsts and 11 <= (firsts[0]["time"] - start) // DAY <= 13])
length = [int(s["duration"]) for s in sessions]
bounced = [s["is_bounce"] == "true" for s in sessions]
answers["bounce percent"] = percent(sum(bounced), len(bounced))
answers["median seconds of sessions that did not bounce"] = median(n for n, b in zip(length, bounced) if not b)
answers["sessions across midnight, percent"] = percent(sum(s["start_timestamp"][:10] != s["end_timestamp"][:10] for s in sessions), len(sessions))
answers["sessions longer than 4 hours, percent"] = percent(sum(n > 14_400 for n in length), len(length))
answers["sessions by channel"] = counted(Counter(s["channel_type"] for s in sessions))
views = Counter(e["session_id"] for e in past if e["event"] == "$pageview")
clicks = Counter(e["session_id"] for e in past if e["event"] == "$autocapture")
bounds = {}
for e in past:
    if e["session_id"]:
        a, b = bounds.get(e["session_id"], (e["time"], e["time"]))
        bounds[e["session_id"]] = (min(a, e["time"]), max(b, e["time"]))
answers["sessions that do not fit their events"] = sum(
    [views[s["session_id"]], clicks[s["session_id"]], *bounds.get(s["session_id"], ())]
    != [int(s["pageview_count"]), int(s["autocapture_count"]), micros(s["start_timestamp"]), micros(s["end_timestamp"])] for s in sessions)
gap = 0
latest = {}
for e in past:
    if e["session_id"]:
        gap = max(gap, e["time"] - latest.get(e["session_id"], e["time"]))
        latest[e["session_id"]] = e["time"]
answers["longest pause in a session, minutes"] = round(gap / 60e6, 1)
answers["persons by country, 10 largest"] = dict(Counter(p["p"]["$geoip_country_code"] for p in persons.values()).most_common(10))
scores = [int(e["p"]["$survey_response"]) for e in past if e["event"] == "survey sent"]
answers["net promoter score"] = round(100 * (sum(s >= 9 for s in scores) - sum(s <= 6 for s in scores)) / len(scores), 1)
answers["events of one person come under how many ids, at most"] = max(
    len(ids) for who in [defaultdict(set)] for _ in [[who[e["person_id"]].add(e["distinct_id"]) for e in events]] for ids in who.values())

json.dump(answers, sys.stdout, ensure_ascii=False, indent=1)
print()
