"""What the workflows have to find in the demo project, worked out from its CSV dump by other means than the program's: plain
Python, no SQL, no statistics package. Intervals and chances are sums over fine grids and closed forms.

    python3 workflows_golden.py FOLDER > workflows_golden.json
"""
import csv
import json
import math
import re
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone

csv.field_size_limit(1 << 24)
folder = sys.argv[1]
DAY = 86_400_000_000
HOUR = DAY // 24
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
FILE_EVENTS = {"uploaded_file", "downloaded_file", "shared_file", "deleted_file"}


def micros(text):
    return (datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) // timedelta(microseconds=1)


def table(name):
    with open(f"{folder}/{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day_text(time):
    return (EPOCH + timedelta(microseconds=time)).strftime("%Y-%m-%d")


def rounded(value, digits=6):
    return round(value, digits)


meta = {row["key"]: row["value"] for row in table("meta")}
now = micros(meta["anchor"])
end = now - DAY // 2  # midnight of today
start = end - 30 * DAY
monday = start - (datetime.fromtimestamp(start / 1e6, timezone.utc).weekday()) * DAY
everything = table("events")
for e in everything:
    e["time"] = micros(e["timestamp"])
    e["arrived"] = micros(e["created_at"])
    e["p"] = json.loads(e["properties"])
everything.sort(key=lambda e: (e["time"], e["uuid"]))
events = [e for e in everything if start <= e["time"] < now]
persons = {row["id"]: json.loads(row["properties"]) for row in table("persons")}
internal = {i for i, p in persons.items() if p.get("email", "").endswith("@driftboard.example")}
real = [e for e in events if e["person_id"] not in internal]
answers = {}


def week(time):
    return (time - monday) // (7 * DAY)


def wilson(x, n):
    z = 1.959963984540054
    p = x / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return [rounded(middle - half), rounded(middle + half)]


def beta_grid(x, n, points=20_000):
    logs = [(x * math.log(t) if x else 0) + ((n - x) * math.log1p(-t) if n > x else 0) for t in ((i + .5) / points for i in range(points))]
    top = max(logs)
    weights = [math.exp(value - top) for value in logs]
    total = math.fsum(weights)
    return [w / total for w in weights]


def bayes(x1, n1, x2, n2, points=20_000):
    """Chance that the first rate is higher (Miller's closed form) and the middle 95 % of the difference (grids)."""
    def beta(a, b):
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    a1, b1, a2, b2 = x1 + 1, n1 - x1 + 1, x2 + 1, n2 - x2 + 1
    chance = math.fsum(math.exp(beta(a2 + i, b1 + b2) - math.log(b1 + i) - beta(1 + i, b1) - beta(a2, b2)) for i in range(a1))
    first, second = beta_grid(x1, n1), beta_grid(x2, n2)
    cumulative = [0.0]
    for w in first:
        cumulative.append(cumulative[-1] + w)

    def below(t):
        t = min(max(t, 0), 1) * points
        i = int(t)
        return 1.0 if i >= points else cumulative[i] + (t - i) * first[i]
    used = [i for i in range(points) if second[i] > 1e-18]

    def quantile(level):
        low, high = -1.0, 1.0
        for _ in range(30):
            middle = (low + high) / 2
            if math.fsum(second[i] * below((i + .5) / points + middle) for i in used) < level:
                low = middle
            else:
                high = middle
        return rounded((low + high) / 2, 4)
    return {"chance": rounded(chance, 5), "low": quantile(.025), "high": quantile(.975)}


def strata_difference(strata):
    """Mantel and Haenszel's difference of rates, and how many of its standard errors it is away from 0, these from independent
    binomials in each stratum."""
    strata = [s for s in strata if s[1] and s[3]]
    weights = [n1 * n2 / (n1 + n2) for x1, n1, x2, n2 in strata]
    difference = sum(w * (x1 / n1 - x2 / n2) for w, (x1, n1, x2, n2) in zip(weights, strata)) / sum(weights)
    variance = sum(w * w * (x1 * (n1 - x1) / n1 ** 3 + x2 * (n2 - x2) / n2 ** 3) for w, (x1, n1, x2, n2) in zip(weights, strata)) / sum(weights) ** 2
    return rounded(difference), rounded(difference / math.sqrt(variance), 3)


# Experiments: who saw one variant, counted from the first exposure on
def experiment(flag, metric, guardrails=("$exception", "$rageclick")):
    seen = defaultdict(list)
    done = defaultdict(lambda: defaultdict(list))
    for e in real:
        if e["event"] == "$feature_flag_called" and e["p"]["$feature_flag"] == flag:
            seen[e["person_id"]].append((e["time"], e["p"]["$feature_flag_response"]))
        if e["event"] == metric or e["event"] in guardrails:
            done[e["person_id"]][e["event"]].append(e["time"])
    result = {"several": 0, "control": [0, 0, 0, 0], "test": [0, 0, 0, 0]}
    for person, calls in seen.items():
        if len({v for _, v in calls}) > 1:
            result["several"] += 1
            continue
        at, variant = calls[0]
        row = result[variant]
        row[0] += 1
        for i, name in enumerate((metric, *guardrails)):
            row[1 + i] += any(at < t <= at + 14 * DAY for t in done[person][name])
    c, t = result["control"], result["test"]
    statistic = (c[0] - t[0]) ** 2 / (c[0] + t[0])
    result["chi square"] = rounded(statistic)
    result["chi square p"] = float(f"{math.erfc(math.sqrt(statistic / 2)):.6g}")
    result["bayes"] = bayes(t[1], t[0], c[1], c[0])
    return result


answers["experiment signup-page-v2"] = experiment("signup-page-v2", "signed_up")
answers["experiment pricing-order"] = experiment("pricing-order", "signed_up")
answers["experiment fast-upload"] = experiment("fast-upload", "uploaded_file")

# Errors
errors = [e for e in real if e["event"] == "$exception"]


def error_name(e):
    return e["p"]["$exception_types"][0] + ": " + e["p"]["$exception_values"][0]


answers["errors: persons, times, sessions"] = {
    name: [len({e["person_id"] for e in some}), len(some), len({e["session_id"] for e in some})]
    for name in sorted({error_name(e) for e in errors}) for some in [[e for e in errors if error_name(e) == name]]}
worst_error = max(answers["errors: persons, times, sessions"].items(), key=lambda item: item[1][0])[0]
answers["error of most persons"] = worst_error


def page(e):
    return re.sub(r"/[^/]*[0-9][^/]*", "/:id", e["p"].get("$pathname") or "(no page)")


def visits_of(path):
    visits = {}
    for e in real:
        if e["session_id"] and page(e) == path:
            v = visits.setdefault(e["session_id"], {"hit": False, "errors": 0, "rages": 0, "browser": e["p"].get("$browser"), "os": e["p"].get("$os"), "release": "",
                                                    "came": e["time"], "broke": None})
            v["release"] = max(v["release"], e["p"]["$app_version"])
            if e["event"] == "$rageclick":
                v["rages"] += 1
            if e["event"] == "$exception":
                v["errors"] += 1
                if error_name(e) == worst_error and not v["hit"]:
                    v["hit"], v["broke"] = True, e["time"]
    return visits


signup = visits_of("/signup/")


def rate(visits, what, keep=lambda v: True):
    some = [v for v in visits.values() if keep(v)]
    return [len(some), sum(bool(v[what]) for v in some)]


def planted(v):
    return v["browser"] == "Safari" and v["os"] == "iOS"


answers["visits of /signup/, with the error"] = rate(signup, "hit")
answers["of Safari on iOS"] = rate(signup, "hit", planted)
answers["of everybody else"] = rate(signup, "hit", lambda v: not planted(v))
answers["of Safari on iOS with 2.4.0"] = rate(signup, "hit", lambda v: planted(v) and v["release"] == "2.4.0")
answers["of everybody else with 2.4.0"] = rate(signup, "hit", lambda v: not planted(v) and v["release"] == "2.4.0")
broken_days = [day_text(v["came"]) for v in signup.values() if v["hit"]]
answers["first and last day of the error"] = [min(broken_days), max(broken_days)]
answers["visits of Safari on iOS after the last day"] = sum(planted(v) and day_text(v["came"]) > max(broken_days) for v in signup.values())
by_session = defaultdict(list)
for e in real:
    if e["session_id"]:
        by_session[e["session_id"]].append(e)
SKIPPED = {"$exception", "$feature_flag_called", "$web_vitals", "$identify", "$set", "$groupidentify", "$pageleave"}


def step_name(e):
    if e["event"] == "$pageview":
        return "Page " + e["p"]["$pathname"]
    if e["event"] == "$autocapture":
        return "Click “" + e["p"]["$el_text"] + "”"
    return {"$rageclick": "Rage click", "$dead_click": "Dead click"}.get(e["event"], e["event"])


ways = Counter()
raged = 0
for session, v in signup.items():
    if v["hit"]:
        ways[" → ".join(step_name(e) for e in [e for e in by_session[session] if e["time"] < v["broke"] and e["event"] not in SKIPPED][-3:])] += 1
        raged += any(e["event"] == "$rageclick" and e["time"] >= v["broke"] for e in by_session[session])
answers["most frequent way to the error"] = list(ways.most_common(1)[0])
answers["sessions with the error and a rage click after it"] = raged

# Rage clicks
views = defaultdict(lambda: [set(), set()])
for e in real:
    if e["session_id"]:
        views[page(e)][0].add(e["session_id"])
        if e["event"] == "$rageclick":
            views[page(e)][1].add(e["session_id"])
answers["pages: visits, with rage clicks"] = {name: [len(a), len(b)] for name, (a, b) in sorted(views.items()) if len(a) >= 100}
answers["rage on /signup/ by iOS and by others"] = [rate(signup, "rages", lambda v: v["os"] == "iOS"), rate(signup, "rages", lambda v: v["os"] != "iOS")]
answers["errors in /signup/ visits with rage and in calm ones"] = [
    rate(signup, "errors", lambda v: v["rages"] > 0), rate(signup, "errors", lambda v: v["rages"] == 0)]

# Retention by calendar week of file events; the week of `now` is not over
weeks_of = defaultdict(set)
days_of = defaultdict(set)
for e in real:
    if e["event"] in FILE_EVENTS:
        weeks_of[e["person_id"]].add(week(e["time"]))
        days_of[e["person_id"]].add(e["time"] // DAY)
this_week = week(now)
answers["retention: cohort, weeks later, persons"] = [
    [c, k, sum(c + k in ws for ws in weeks_of.values() if min(ws) == c)] for c in range(this_week + 1) for k in range(this_week - c + 1)
    if any(c + k in ws and min(ws) == c for ws in weeks_of.values())]


def closed(k, keep=lambda person: True):
    some = [ws for person, ws in weeks_of.items() if (min(ws) + k < this_week or k == 0) and keep(person)]
    return [len(some), sum(min(ws) + k in ws for ws in some)]


answers["curve of whole weeks: n, persons"] = [closed(k) for k in range(this_week)]
answers["curve of whole weeks: interval of week 1"] = wilson(*reversed(closed(1)))


def source(person):
    p = persons[person]
    return p.get("$initial_utm_source") or p.get("$initial_referring_domain") or "none"


def reached(k, keep):
    some = [ws for person, ws in weeks_of.items() if min(ws) + k <= this_week and keep(person)]
    return [len(some), sum(min(ws) + k in ws for ws in some)]


answers["newsletter in week 2"] = reached(2, lambda p: source(p) == "newsletter")
answers["others in week 2"] = reached(2, lambda p: source(p) != "newsletter")
strata = []
for c in range(this_week - 1):
    mine = [ws for p, ws in weeks_of.items() if min(ws) == c and source(p) == "newsletter"]
    rest = [ws for p, ws in weeks_of.items() if min(ws) == c and source(p) != "newsletter"]
    strata.append([sum(c + 2 in ws for ws in mine), len(mine), sum(c + 2 in ws for ws in rest), len(rest)])
answers["newsletter against others within cohorts"] = strata_difference(strata)[0]
last = this_week - 1
answers["last whole week: new, returning, resurrected, dormant"] = [
    sum(min(ws) == last for ws in weeks_of.values()), sum(last in ws and last - 1 in ws for ws in weeks_of.values()),
    sum(last in ws and last - 1 not in ws and min(ws) < last for ws in weeks_of.values()), sum(last not in ws and last - 1 in ws for ws in weeks_of.values())]
answers["persons by days of use"] = {str(k): n for k, n in sorted(Counter(len(d) for d in days_of.values()).items())}
answers["went quiet"] = sum(this_week - 2 in ws and this_week - 1 not in ws and this_week not in ws for ws in weeks_of.values())

# Revenue: internal users are not left out
bills = [e for e in events if e["event"] == "paid_bill"]
answers["bills, dollars"] = [len(bills), sum(int(e["p"]["amount_usd"]) for e in bills)]
copies = Counter(e["p"]["invoice_id"] for e in bills)
answers["invoices that came twice"] = sorted(i for i, n in copies.items() if n > 1)
invoices = {}
for e in bills:
    invoices.setdefault(e["p"]["invoice_id"], (e["time"], int(e["p"]["amount_usd"])))
answers["dollars with each invoice once"] = sum(v for _, v in invoices.values())
answers["amounts that are text: bills, dollars"] = [sum(isinstance(e["p"]["amount_usd"], str) for e in bills),
                                                     sum(int(e["p"]["amount_usd"]) for e in bills if isinstance(e["p"]["amount_usd"], str))]
per_week = Counter()
for time, amount in invoices.values():
    per_week[day_text(monday + week(time) * 7 * DAY)] += amount
answers["dollars per week"] = dict(sorted(per_week.items()))
changes = [e["p"]["mrr_delta_usd"] for e in events if "mrr_delta_usd" in e["p"]]
mrr = sum(json.loads(g["properties"])["mrr_usd"] for g in table("groups"))
answers["monthly revenue: start, end, won, lost"] = [mrr - sum(changes), mrr, sum(c for c in changes if c > 0), -sum(c for c in changes if c < 0)]
answers["accounts that lost revenue"] = len({e["group_0"] for e in events if e["p"].get("mrr_delta_usd", 0) < 0})

# Data quality
hours = Counter((e["time"] - start) // HOUR for e in events)
answers["hours without events where each same hour of the week has 10"] = [
    (EPOCH + timedelta(microseconds=start + h * HOUR)).strftime("%Y-%m-%d %H:%M") for h in range(max(hours)) if hours[h] == 0
    and len([x for x in range(h % 168, max(hours), 168) if x != h]) >= 3 and all(hours[x] >= 10 for x in range(h % 168, max(hours), 168) if x != h)]
answers["late by more than a day"] = sum(e["arrived"] - e["time"] > DAY for e in events)
answers["from the future"] = sum(e["time"] > now + HOUR for e in everything)
answers["repeats"] = sum(n - 1 for n in Counter((e["event"], e["distinct_id"], e["timestamp"], e["properties"]) for e in events).values())
kinds = defaultdict(Counter)
for e in events:
    if not e["event"].startswith("$"):
        for key, value in e["p"].items():
            if not key.startswith("$"):
                kinds[e["event"] + "." + key]["bool" if isinstance(value, bool) else "number" if isinstance(value, (int, float)) else "text" if isinstance(value, str)
                                              else "none" if value is None else "other"] += 1
answers["properties with several types"] = {k: dict(sorted(c.items())) for k, c in sorted(kinds.items()) if len([t for t in c if t != "none"]) > 1}
answers["own properties"] = len(kinds)
answers["events of nobody"] = sum(e["distinct_id"].lower() in {"undefined", "null", "none", "nil", "anonymous", "guest", "0", "false", "true", "nan", "[object object]",
                                                                "distinct_id", "id", "unknown", ""} for e in events)
robots = {e["distinct_id"] for e in events if re.search("(?i)bot|crawl|spider|headless|slurp|phantom", e["p"].get("$raw_user_agent", ""))}
answers["machines and their page views"] = [len(robots), sum(e["distinct_id"] in robots and e["event"] == "$pageview" for e in events)]
answers["internal persons and their events"] = [len({e["person_id"] for e in events} & internal), sum(e["person_id"] in internal for e in events)]

# Export: whole days
whole = [e for e in events if e["time"] < end]
answers["rows per day"] = {d: n for d, n in sorted(Counter(day_text(e["time"]) for e in whole).items())}
answers["distinct uuids"] = len({e["uuid"] for e in whole})
moments = Counter(e["time"] for e in whole)
answers["rows that share a moment, the most"] = [sum(n for n in moments.values() if n > 1), max(moments.values())]
answers["rows by days late"] = {str(k): n for k, n in sorted(Counter(e["arrived"] // DAY - e["time"] // DAY for e in whole).items())}

# The feature
uses = [e for e in real if e["event"] == "file_previewed"]
released = min(e["time"] for e in uses)
answers["feature: first day, uses, persons"] = [day_text(released), len(uses), len({e["person_id"] for e in uses})]


def share(first, last):
    active = {e["person_id"] for e in real if e["event"] in FILE_EVENTS and first <= e["time"] < last}
    users = {e["person_id"] for e in uses if first <= e["time"] < last}
    return [len(users), len(active)]


answers["feature: users of active persons, last seven days and before"] = [share(end - 7 * DAY, end), share(end - 14 * DAY, end - 7 * DAY)]
sessions = {}
for e in real:
    if e["session_id"]:
        s = sessions.setdefault(e["session_id"], [e["time"], False])
        s[1] = s[1] or e["event"] == "$exception"
release_day = released // DAY * DAY
answers["sessions and those with errors, before and since"] = [
    [sum(s[0] < release_day for s in sessions.values()), sum(s[0] < release_day and s[1] for s in sessions.values())],
    [sum(s[0] >= release_day for s in sessions.values()), sum(s[0] >= release_day and s[1] for s in sessions.values())]]
adoption = week(released) + (0 if (released - monday) % (7 * DAY) < DAY else 1)
adopted = {e["person_id"] for e in uses if week(e["time"]) == adoption}
here = defaultdict(int)
before = Counter()
for e in real:
    if e["event"] in FILE_EVENTS:
        here[e["person_id"]] |= 1 << week(e["time"])
        before[e["person_id"]] += week(e["time"]) < adoption
groups = defaultdict(lambda: [0, 0, 0, 0])
for person, ws in here.items():
    if ws >> adoption & 1:
        n = before[person]
        cell = groups[1 if n == 0 else 2 if n <= 4 else 3 if n <= 12 else 4 if n <= 30 else 5]
        offset = 0 if person in adopted else 2
        cell[offset + 1] += 1
        cell[offset] += ws >> (adoption + 1) & 1
answers["adopters and others by use before: returned, n"] = {str(k): groups[k] for k in sorted(groups)}
total = [sum(g[i] for g in groups.values()) for i in range(4)]
within, errors_away = strata_difference(list(groups.values()))
answers["adopters less others: as it looks, like with like, standard errors from 0"] = [rounded(total[0] / total[1] - total[2] / total[3]), within, errors_away]
# The claim that something is left among equals needs p < 0.01; between that and one standard error it is open.
answers["adopters among equals"] = "holds" if math.erfc(errors_away / math.sqrt(2)) < 0.01 else "open" if errors_away > 1 else "nothing"
# Who would have to have come back, or not, for another answer: two persons more or fewer in one group and class of use.
moved = [[g[:i] + [g[i] + d] + g[i + 1:] if k == j else g for k, g in enumerate(groups.values())] for j in range(len(groups)) for i in (0, 2) for d in (-2, 2)]
answers["adopters among equals, two persons moved: least and most standard errors"] = [min(e for e in (strata_difference(m)[1] for m in moved)), max(e for e in (strata_difference(m)[1] for m in moved))]

json.dump(answers, sys.stdout, ensure_ascii=False, indent=1)
print()
