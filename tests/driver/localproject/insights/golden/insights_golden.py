#!/usr/bin/env python3
"""Expected answers of insights on the demo project, from its CSV dump and from what insights/README.md says they count.

    hoglet-project dump --csv DIR --anchor 2026-01-31T12:00:00Z
    insights_golden.py DIR > insights_golden.json

Shares nothing with the program: the standard library only, one plain pass for each question.
"""
import csv
import json
import re
import statistics
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

csv.field_size_limit(1 << 30)
folder = Path(sys.argv[1])
S, DAY = 1_000_000, 86_400_000_000
OTHER, NONE = "$$_posthog_breakdown_other_$$", "$$_posthog_breakdown_null_$$"


def rows(name):
    with open(folder / f"{name}.csv", newline="") as f:
        return list(csv.DictReader(f))


def micros(text):
    return (datetime.fromisoformat(text.rstrip("Z")) - datetime(1970, 1, 1)) // timedelta(microseconds=1)


def iso(day):
    return str(date(1970, 1, 1) + timedelta(days=day))


events = rows("events")
for e in events:
    e["t"] = micros(e["timestamp"])
    e["p"] = json.loads(e["properties"])
persons = {p["id"]: {**p, "p": json.loads(p["properties"]), "created": micros(p["created_at"])} for p in rows("persons")}
cohort = defaultdict(set)
for c in rows("cohort_people"):
    cohort[int(c["cohort_id"])].add(c["person_id"])
events.sort(key=lambda e: (e["t"], e["uuid"]))
NOW = micros("2026-01-31T12:00:00")
TODAY = NOW // DAY
person = lambda e: e["person_id"]
internal = {i for i, p in persons.items() if "@driftboard.example" in str(p["p"].get("email", "")).lower()}
outside = lambda e: e["person_id"] not in internal


def prop(e, key):
    """A property as text; missing, null, '' and 'null' are none."""
    value = e["p"].get(key)
    if value is None or value == "" or value == "null":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def number(e, key):
    try:
        return float(e["p"][key])
    except (KeyError, TypeError, ValueError):
        return None


def is_(name, **properties):
    """Events of that name with those properties; a name of several is any of them."""
    names = (name,) if isinstance(name, str) else name
    return lambda e: e["event"] in names and all(prop(e, k.replace("__", "$")) == v for k, v in properties.items())


def within(start, end):
    return [e for e in events if start <= e["t"] < end]


month = within((TODAY - 30) * DAY, (TODAY + 1) * DAY)
week8 = within((TODAY - 7) * DAY, (TODAY + 1) * DAY)
monday = lambda day: day - (day + 3) % 7  # 1970-01-01 was a Thursday

golden = {}


def golden_answer(name, query, results):
    golden[name] = {"query": query, "results": results}


def node(event, **more):
    return {"kind": "EventsNode", "event": event, **more}


def exactly(key, *values, type="event", operator="exact"):
    return {"key": key, "value": list(values), "operator": operator, "type": type}


def trends(series, date_from="-7d", **more):
    return {"kind": "TrendsQuery", "series": series, "dateRange": {"date_from": date_from}, **more}


def series(data, label, **more):
    return {"label": label, "data": data, "count": sum(data), **more}


# ---- trends
def daily(some, value, first=TODAY - 7, last=TODAY, bucket=lambda t: t // DAY, step=1):
    groups = defaultdict(list)
    for e in some:
        groups[bucket(e["t"])].append(e)
    return [value(groups[d]) if d in groups else 0 for d in range(first, last + 1, step)]


views = [e for e in week8 if e["event"] == "$pageview"]
golden_answer("trend: total", trends([node("$pageview")]), [series(daily(views, len), "$pageview")])
uploads = [e for e in month if e["event"] == "uploaded_file" and outside(e)]
users = lambda some: len({e["person_id"] for e in some})
golden_answer("trend: users by week without the team",
              trends([node("uploaded_file", math="dau")], "-30d", interval="week", filterTestAccounts=True),
              [series(daily(uploads, users, monday(TODAY - 30), TODAY, lambda t: monday(t // DAY), 7), "uploaded_file")])


def active(some, days, first, last):
    seen = defaultdict(set)
    for e in some:
        seen[e["t"] // DAY].add(e["person_id"])
    return [len(set().union(*(seen[d - k] for k in range(days)))) for d in range(first, last + 1)]


every_upload = [e for e in events if e["event"] == "uploaded_file"]
golden_answer("trend: weekly active", trends([node("uploaded_file", math="weekly_active")]),
              [series(active(every_upload, 7, TODAY - 7, TODAY), "uploaded_file")])
golden_answer("trend: monthly active", trends([node("uploaded_file", math="monthly_active")]),
              [series(active(every_upload, 30, TODAY - 7, TODAY), "uploaded_file")])
bills = [e for e in month if e["event"] == "paid_bill"]
amounts = lambda some: [n for n in (number(e, "amount_usd") for e in some) if n is not None]
for math, f in (("sum", sum), ("avg", lambda x: sum(x) / len(x)), ("min", min), ("max", max), ("median", statistics.median)):
    golden_answer(f"trend: {math} of a property by week",
                  trends([node("paid_bill", math=math, math_property="amount_usd")], "-30d", interval="week"),
                  [series(daily(bills, lambda some: f(amounts(some)), monday(TODAY - 30), TODAY, lambda t: monday(t // DAY), 7), "paid_bill")])


def quantile(values, q):
    values = sorted(values)
    at = q * (len(values) - 1)
    low = int(at)
    return values[low] + (values[min(low + 1, len(values) - 1)] - values[low]) * (at - low)


def broken(some, key, limit, weight):
    """Values, the largest first, the rest as one."""
    groups = defaultdict(list)
    for e in some:
        groups[key(e)].append(e)
    order = sorted(groups, key=lambda v: (-weight(groups[v]), v))
    shown = order[:limit]
    other = [e for v in order[limit:] for e in groups[v]]
    return groups, shown, other


vitals = [e for e in month if e["event"] == "$web_vitals"]
lcp = lambda some: quantile([n for n in (number(e, "$web_vitals_LCP_value") for e in some) if n is not None], 0.75)
groups, shown, _ = broken(vitals, lambda e: prop(e, "$device_type") or NONE, 25, len)
answers = [series(daily(groups[v], lcp, TODAY - 30), v, breakdown_value=v) for v in shown]
golden_answer("trend: p75 by device",
              trends([node("$web_vitals", math="p75", math_property="$web_vitals_LCP_value")], "-30d",
                     breakdownFilter={"breakdown": "$device_type", "breakdown_type": "event"}),
              sorted(answers, key=lambda a: -a["count"]))
groups, shown, other = broken(views, lambda e: prop(e, "$browser") or NONE, 3, len)
golden_answer("trend: breakdown with a limit",
              trends([node("$pageview")], breakdownFilter={"breakdown": "$browser", "breakdown_type": "event", "breakdown_limit": 3}),
              [series(daily(groups[v], len), v, breakdown_value=v) for v in shown]
              + [series(daily(other, len), "Other (i.e. all remaining values)", breakdown_value=OTHER)])
pair = lambda e: (prop(e, "$browser") or NONE, prop(e, "$os") or NONE)
per_day_users = lambda some: sum(daily(some, users))
groups, shown, other = broken(views, pair, 4, per_day_users)
golden_answer("trend: users by browser and system",
              trends([node("$pageview", math="dau")],
                     breakdownFilter={"breakdowns": [{"property": "$browser", "type": "event"}, {"property": "$os", "type": "event"}], "breakdown_limit": 4}),
              [series(daily(groups[v], users), "::".join(v), breakdown_value=list(v)) for v in shown]
              + [series(daily(other, users), "::".join(["Other (i.e. all remaining values)"] * 2), breakdown_value=[OTHER, OTHER])])
source = lambda e: persons[e["person_id"]]["p"].get("source") or NONE
groups, shown, _ = broken(week8, source, 25, users)
golden_answer("trend: users of the week by person's source",
              trends([node(None, math="dau")], trendsFilter={"display": "ActionsPie"},
                     breakdownFilter={"breakdown": "source", "breakdown_type": "person"}),
              [{"label": v, "aggregated_value": users(groups[v]), "breakdown_value": v, "data": [], "count": 0} for v in shown])
golden_answer("trend: big number of a cohort",
              trends([node("uploaded_file")], "-30d", trendsFilter={"display": "BoldNumber"},
                     properties=[{"key": "id", "type": "cohort", "value": 3, "operator": "in"}]),
              [{"label": "uploaded_file", "aggregated_value": sum(e["event"] == "uploaded_file" and e["person_id"] in cohort[3] for e in month),
                "data": [], "count": 0}])
golden_answer("trend: cohorts",
              trends([node("$pageview", math="dau")], breakdownFilter={"breakdown": [2, 4, "all"], "breakdown_type": "cohort"}),
              [series(daily([e for e in views if c == 0 or e["person_id"] in cohort[c]], users), label, breakdown_value=c or "all")
               for c, label in ((2, "Internal"), (4, "Dropped at sign-up"), (0, "all users"))])
errors = [e for e in week8 if e["event"] == "$exception"]
golden_answer("trend: formula",
              trends([node("$exception"), node("$pageview")], trendsFilter={"formula": "A / B * 100"}),
              [series([a / b * 100 if b else 0 for a, b in zip(daily(errors, len), daily(views, len))], "Formula (A / B * 100)")])
before = within((TODAY - 14) * DAY, (TODAY - 6) * DAY)
golden_answer("trend: compared with the week before", trends([node("$pageview")], compareFilter={"compare": True}),
              [series(daily(views, len), "$pageview", compare_label="current"),
               series(daily([e for e in before if e["event"] == "$pageview"], len, TODAY - 14, TODAY - 7), "$pageview", compare_label="previous")])
golden_answer("trend: cumulative", trends([node("signed_up")], trendsFilter={"display": "ActionsLineGraphCumulative"}), [
    {"label": "signed_up", "data": (c := [sum(daily([e for e in week8 if e["event"] == "signed_up"], len)[:i + 1]) for i in range(8)]), "count": c[-1]}])
golden_answer("trend: count per user",
              trends([node("uploaded_file", math="avg_count_per_actor"), node("uploaded_file", math="p90_count_per_actor")]),
              [series(daily([e for e in week8 if e["event"] == "uploaded_file"], lambda some: f(list(Counter(map(person, some)).values()))), "uploaded_file")
               for f in (lambda c: sum(c) / len(c), lambda c: quantile(c, 0.9))])
golden_answer("trend: sessions", trends([node("$pageview", math="unique_session")]),
              [series(daily(views, lambda some: len({e["session_id"] for e in some} - {""})), "$pageview")])
golden_answer("trend: expression", trends([node("$pageview", math="hogql", math_hogql="count() / uniq(person_id)")]),
              [series(daily(views, lambda some: len(some) / users(some)), "$pageview")])


def firsts(some):
    seen = {}
    for e in some:
        seen.setdefault(e["person_id"], e)
    return list(seen.values())


first_views = firsts(e for e in events if e["event"] == "$pageview")
golden_answer("trend: first time ever, on the home page",
              trends([node("$pageview", math="first_time_for_user", properties=[exactly("$pathname", "/")])]),
              [series(daily([e for e in first_views if e["p"].get("$pathname") == "/"], len), "$pageview")])
golden_answer("trend: first time on the pricing page",
              trends([node("$pageview", math="first_matching_event_for_user", properties=[exactly("$pathname", "/pricing/")])]),
              [series(daily(firsts(e for e in events if is_("$pageview", __pathname="/pricing/")(e)), len), "$pageview")])
file_events = ("uploaded_file", "downloaded_file", "shared_file", "deleted_file")
golden_answer("trend: action", trends([{"kind": "ActionsNode", "id": 1, "name": "Interacted with a file"}]),
              [series(daily([e for e in week8 if e["event"] in file_events], len), "Interacted with a file")])
first_hour = (NOW - 24 * 3600 * S) // (3600 * S)
golden_answer("trend: hours of a day", {**trends([node(None)], "-24h"), "interval": "hour"},
              [series(daily([e for e in events if first_hour * 3600 * S <= e["t"] <= NOW], len, first_hour, NOW // (3600 * S), lambda t: t // (3600 * S)),
                      "All events")])
golden_answer("trend: smoothed", trends([node("$pageview")], trendsFilter={"smoothingIntervals": 3}),
              [series([sum(d[max(0, i - 2):i + 1]) // len(d[max(0, i - 2):i + 1]) for i in range(8)], "$pageview") for d in [daily(views, len)]])
text = lambda e, k: prop(e, k)
amount = lambda e: number(e, "amount_usd")
operators = {
    "is_not": (exactly("$browser", "Chrome", "Safari", operator="is_not"), lambda e: text(e, "$browser") not in ("Chrome", "Safari")),
    "icontains": ({"key": "$pathname", "value": "FILE", "operator": "icontains"}, lambda e: "file" in (text(e, "$pathname") or "").lower()),
    "not_icontains": ({"key": "$pathname", "value": "file", "operator": "not_icontains"}, lambda e: "file" not in (text(e, "$pathname") or "").lower()),
    "regex": ({"key": "$pathname", "value": "^/(docs|blog)/", "operator": "regex"}, lambda e: bool(re.search("^/(docs|blog)/", text(e, "$pathname") or ""))),
    "not_regex": ({"key": "$pathname", "value": "^/docs", "operator": "not_regex"}, lambda e: not re.search("^/docs", text(e, "$pathname") or "")),
    "is_set": ({"key": "amount_usd", "operator": "is_set"}, lambda e: text(e, "amount_usd") is not None and amount(e) is not None),
    "is_not_set": ({"key": "$browser", "operator": "is_not_set"}, lambda e: text(e, "$browser") is None),
    "gt": ({"key": "amount_usd", "value": 30, "operator": "gt"}, lambda e: (amount(e) or 0) > 30),
    "lte": ({"key": "amount_usd", "value": "30", "operator": "lte"}, lambda e: amount(e) is not None and amount(e) <= 30),
    "between": ({"key": "amount_usd", "value": [20, 60], "operator": "between"}, lambda e: amount(e) is not None and 20 <= amount(e) <= 60),
    "person exact": (exactly("source", "newsletter", "google", type="person"), lambda e: source(e) in ("newsletter", "google")),
    "person not_icontains": ({"key": "email", "value": "@example", "operator": "not_icontains", "type": "person"},
                             lambda e: "@example" not in str(persons[e["person_id"]]["p"].get("email", "")).lower()),
    "not in a cohort": ({"key": "id", "value": 1, "operator": "not_in", "type": "cohort"}, lambda e: e["person_id"] not in cohort[1]),
    "expression": ({"key": "properties.$browser = 'Chrome' AND event != '$pageview'", "type": "hogql"},
                   lambda e: text(e, "$browser") == "Chrome" and e["event"] != "$pageview"),
}
for name, (filter_, keep) in operators.items():
    golden_answer(f"filter: {name}",
                  trends([node(None)], trendsFilter={"display": "BoldNumber"}, properties=[{"type": "event", **filter_}]),
                  [{"label": "All events", "aggregated_value": sum(keep(e) for e in week8), "data": [], "count": 0}])
golden_answer("filter: groups of filters",
              trends([node(None)], trendsFilter={"display": "BoldNumber"},
                     properties={"type": "AND", "values": [{"type": "OR", "values": [exactly("$browser", "Firefox"), exactly("$os", "Android")]}]}),
              [{"label": "All events", "data": [], "count": 0,
                "aggregated_value": sum(text(e, "$browser") == "Firefox" or text(e, "$os") == "Android" for e in week8)}])


# ---- funnels: from each first step on, the next ones as soon as they come
def paths(some, steps, window, key=person):
    """key -> (level, times) of the furthest path, the one complete first, of those the one begun last."""
    of = defaultdict(list)
    for e in some:
        if any(step(e) for step in steps):
            of[key(e)].append(e)
    found = {}
    for who, mine in of.items():
        best = None
        for i, first in enumerate(mine):
            if not steps[0](first):
                continue
            times, at = [first["t"]], i
            for step in steps[1:]:
                at = next((k for k in range(at + 1, len(mine)) if step(mine[k]) and mine[k]["t"] - first["t"] <= window), None)
                if at is None:
                    break
                times.append(mine[at]["t"])
            rank = (len(times), -times[-1], first["t"])
            if best is None or rank > best[0]:
                best = (rank, times)
        if best:
            found[who] = best[1]
    return found


def funnel_steps(found, names, **more):
    out = []
    for i, name in enumerate(names):
        there = [t for t in found.values() if len(t) > i]
        seconds = [(t[i] - t[i - 1]) / S for t in there] if i else []
        out.append({"name": name, "order": i, "count": len(there), **more,
                    "average_conversion_time": sum(seconds) / len(seconds) if seconds else None,
                    "median_conversion_time": statistics.median(seconds) if seconds else None})
    return out


home, signup = is_("$pageview", __pathname="/"), is_("$pageview", __pathname="/signup/")
steps5 = [home, signup, is_("signed_up"), is_("uploaded_file"), is_("upgraded_plan")]
names5 = ["$pageview", "$pageview", "signed_up", "uploaded_file", "upgraded_plan"]
series5 = [node("$pageview", properties=[exactly("$pathname", "/")]), node("$pageview", properties=[exactly("$pathname", "/signup/")]),
           node("signed_up"), node("uploaded_file"), node("upgraded_plan")]


def funnel(some=series5, date_from="-30d", filter_=None, **more):
    return {"kind": "FunnelsQuery", "series": some, "dateRange": {"date_from": date_from}, "funnelsFilter": filter_ or {}, **more}


golden_answer("funnel: activation", funnel(), funnel_steps(paths(month, steps5, 14 * DAY), names5))
golden_answer("funnel: one hour", funnel(filter_={"funnelWindowInterval": 1, "funnelWindowIntervalUnit": "hour"}),
              funnel_steps(paths(month, steps5, 3600 * S), names5))
golden_answer("funnel: sessions", funnel(series5[:3], filter_={"funnelAggregateByHogQL": "$session_id"}),
              funnel_steps(paths([e for e in month if e["session_id"]], steps5[:3], 14 * DAY, lambda e: e["session_id"]), names5[:3]))


def touched(some, steps, value, last=False):
    touch = {}
    for e in some:
        v = value(e)
        if v and any(step(e) for step in steps) and (last or e["person_id"] not in touch):
            touch[e["person_id"]] = v
    return touch


def by_value(found, value_of, names):
    values = defaultdict(dict)
    for who, times in found.items():
        values[value_of(who)][who] = times
    order = sorted(values, key=lambda v: (-len(values[v]), v))
    return [funnel_steps(values[v], names, breakdown_value=[v]) for v in order]


browser = lambda e: prop(e, "$browser")
three, names3 = steps5[:3], names5[:3]
found3 = paths(month, three, 14 * DAY)
for attribution, last in (("first_touch", False), ("last_touch", True)):
    touch = touched(month, three, browser, last)
    golden_answer(f"funnel: {attribution} by browser",
                  funnel(series5[:3], filter_={"breakdownAttributionType": attribution}, breakdownFilter={"breakdown": "$browser", "breakdown_type": "event"}),
                  by_value(found3, lambda who: touch.get(who, ""), names3))
release = lambda e: prop(e, "$app_version") or ""
releases = sorted({release(e) for e in month if any(s(e) for s in three)})
answers = [(v, paths([e for e in month if release(e) == v], three, 14 * DAY)) for v in releases]
golden_answer("funnel: all events by release",
              funnel(series5[:3], filter_={"breakdownAttributionType": "all_events"}, breakdownFilter={"breakdown": "$app_version", "breakdown_type": "event"}),
              [funnel_steps(f, names3, breakdown_value=[v]) for v, f in sorted(answers, key=lambda a: (-len(a[1]), a[0])) if f])
took = defaultdict(set)
for e in month:
    if signup(e):
        took[e["person_id"]].add(release(e))
answers = []
for v in releases:
    steps = [home, lambda e: signup(e) and release(e) == v, is_("signed_up")]
    mine = paths(month, steps, 14 * DAY)
    answers.append((v, {who: t for who, t in mine.items() if v in took.get(who, {""})}))
none = {who: t for who, t in found3.items() if who not in took}
answers = [(v, f) for v, f in answers if v] + [("", none)]
golden_answer("funnel: value of a step by release",
              funnel(series5[:3], filter_={"breakdownAttributionType": "step", "breakdownAttributionValue": 1},
                     breakdownFilter={"breakdown": "$app_version", "breakdown_type": "event"}),
              [funnel_steps(f, names3, breakdown_value=[v]) for v, f in sorted(answers, key=lambda a: (-len(a[1]), a[0])) if f])


def at_most_before(some, steps, window, bad, gaps):
    """Persons with a bad event while their latest path of a level in `gaps` waits for its next step."""
    of = defaultdict(list)
    for e in some:
        of[e["person_id"]].append(e)
    out = set()
    for who, mine in of.items():
        if not any(bad(e) for e in mine):
            continue
        for x in (e for e in mine if bad(e)):
            earlier = [e for e in mine if e["t"] < x["t"]]
            latest = {}  # level -> start of the path that began last
            for i, first in enumerate(earlier):
                if not steps[0](first):
                    continue
                level, at = 1, i
                latest[1] = max(latest.get(1, 0), first["t"])
                for step in steps[1:]:
                    at = next((k for k in range(at + 1, len(earlier)) if step(earlier[k]) and earlier[k]["t"] - first["t"] <= window), None)
                    if at is None:
                        break
                    level += 1
                    latest[level] = max(latest.get(level, 0), first["t"])
            if len(steps) in latest:
                break
            if any(g in latest and x["t"] - latest[g] <= window and latest.get(g + 1) != latest[g] for g in gaps):
                out.add(who)
                break
    return out


excluded = at_most_before(month, three, 14 * DAY, is_("$exception"), [2])
golden_answer("funnel: no exception before the sign-up",
              funnel(series5[:3], filter_={"exclusions": [node("$exception", funnelFromStep=1, funnelToStep=2)]}),
              funnel_steps({who: t for who, t in found3.items() if who not in excluded}, names3))


def strict(some, steps, window):
    of = defaultdict(list)
    for e in some:
        of[e["person_id"]].append(e)
    found = {}
    for who, mine in of.items():
        best = 0
        for i, first in enumerate(mine):
            n = 0
            while n < len(steps) and i + n < len(mine) and steps[n](mine[i + n]) and mine[i + n]["t"] - first["t"] <= window:
                n += 1
            best = max(best, n)
        if best:
            found[who] = [0] * best
    return found


counts_only = lambda steps: [{"name": s["name"], "order": s["order"], "count": s["count"]} for s in steps]
strict_names = ["$pageview", "$autocapture", "$pageview"]
golden_answer("funnel: strict", funnel([node("$pageview"), node("$autocapture"), node("$pageview", properties=[exactly("$pathname", "/pricing/")])],
                                       filter_={"funnelOrderType": "strict"}),
              counts_only(funnel_steps(strict(month, [is_("$pageview"), is_("$autocapture"), is_("$pageview", __pathname="/pricing/")], 14 * DAY), strict_names)))


def unordered(some, steps, window):
    of = defaultdict(list)
    for e in some:
        mine = [i for i, step in enumerate(steps) if step(e)]
        if mine:
            of[e["person_id"]].append((e["t"], mine[0]))  # the steps here never match one event together
    found = {}
    for who, mine in of.items():
        found[who] = [0] * max(len({s for t, s in mine[i:] if t - first <= window}) for i, (first, _) in enumerate(mine))
    return found


loose = [is_("uploaded_file"), is_("shared_file"), is_("downloaded_file")]
loose_names = ["uploaded_file", "shared_file", "downloaded_file"]
golden_answer("funnel: unordered", funnel([node(n) for n in loose_names], filter_={"funnelOrderType": "unordered", "funnelWindowInterval": 2}),
              counts_only(funnel_steps(unordered(month, loose, 2 * DAY), loose_names)))
seconds = [(t[2] - t[0]) / S for t in found3.values() if len(t) == 3]
low, high = int(min(seconds)), -int(-max(seconds) // 1)
width = -int(-(high - low) / 10 // 1)
bins = Counter(int((s - low) // width) for s in seconds)
golden_answer("funnel: time to convert", funnel(series5[:3], filter_={"funnelVizType": "time_to_convert", "binCount": 10}),
              {"bins": [[low + i * width, bins[i]] for i in range(11)], "average_conversion_time": round(sum(seconds) / len(seconds), 2)})
rates = []
for day in range(TODAY - 30, TODAY + 1):
    mine = paths([e for e in month if e["t"] >= day * DAY],
                 [lambda e: home(e) and e["t"] // DAY == day, signup, is_("signed_up")], 14 * DAY)
    rates.append(round(sum(len(t) == 3 for t in mine.values()) / len(mine) * 100, 2) if mine else 0)
golden_answer("funnel: trend", funnel(series5[:3], filter_={"funnelVizType": "trends"}), [{"count": 31, "data": rates, "days": [iso(d) for d in range(TODAY - 30, TODAY + 1)]}])

# ---- retention
START = monday(TODAY - 30)
weeks = list(range(START, TODAY + 1, 7))


def grid(starts, back, buckets, ahead, cumulative=False):
    """starts: row -> persons; back: person -> buckets in which he came back."""
    out = []
    for i, first in enumerate(buckets):
        values = []
        for k in range(min(ahead, len(buckets) - i)):
            later = [b for b in buckets[i + k:]] if cumulative else [buckets[i + k]]
            values.append(len(starts[first]) if k == 0 else sum(any(b in back[p] for b in later) for p in starts[first]))
        out.append(values)
    return out


def as_rows(matrix, period, **more):
    return [{"label": f"{period} {i}", "values": [{"count": c, "label": f"{period} {k}"} for k, c in enumerate(values)], **more}
            for i, values in enumerate(matrix)]


def retention(date_from="-30d", more=None, **filter_):
    return {"kind": "RetentionQuery", "dateRange": {"date_from": date_from}, "retentionFilter": filter_, **(more or {})}


first_upload = {}
for e in every_upload:
    first_upload.setdefault(e["person_id"], monday(e["t"] // DAY))
starts, back = defaultdict(set), defaultdict(set)
for p, w in first_upload.items():
    starts[w].add(p)
in_range = [e for e in events if START * DAY <= e["t"] < (weeks[-1] + 7) * DAY]
for e in in_range:
    if e["event"] == "uploaded_file":
        back[e["person_id"]].add(monday(e["t"] // DAY))
upload = {"id": "uploaded_file", "type": "events"}
golden_answer("retention: weeks after the first upload",
              retention(retentionType="retention_first_time", period="Week", totalIntervals=5, targetEntity=upload, returningEntity=upload),
              as_rows(grid(starts, back, weeks, 5), "Week"))
golden_answer("retention: cumulative",
              retention(retentionType="retention_first_time", period="Week", totalIntervals=4, targetEntity=upload, returningEntity=upload, cumulative=True),
              as_rows(grid(starts, back, weeks, 4, True), "Week"))
days = list(range(TODAY - 6, TODAY + 1))
starts, back, times = defaultdict(set), defaultdict(set), Counter()
for e in within(days[0] * DAY, (TODAY + 1) * DAY):
    if e["event"] == "logged_in":
        starts[e["t"] // DAY].add(e["person_id"])
    if e["event"] in file_events:
        times[e["person_id"], e["t"] // DAY] += 1
for (p, d), n in times.items():
    if n >= 2:
        back[p].add(d)
golden_answer("retention: days, recurring, at least two actions",
              {"kind": "RetentionQuery",
               "retentionFilter": {"retentionType": "retention_recurring", "period": "Day", "totalIntervals": 7, "minimumOccurrences": 2,
                                   "targetEntity": {"id": "logged_in", "type": "events"}, "returningEntity": {"id": 1, "type": "actions"}}},
              as_rows(grid(starts, back, days, 7), "Day"))
first_file = {}
for e in events:
    if e["event"] == "uploaded_file":
        first_file.setdefault((e["person_id"], prop(e, "$os") or ""), monday(e["t"] // DAY))
out = []
for system in {v for _, v in first_file}:
    starts, back = defaultdict(set), defaultdict(set)
    for (p, v), w in first_file.items():
        if v == system:
            starts[w].add(p)
    for e in in_range:
        if e["event"] == "uploaded_file" and (prop(e, "$os") or "") == system:
            back[e["person_id"]].add(monday(e["t"] // DAY))
    matrix = grid(starts, back, weeks, 5)
    out.append((-sum(v[0] for v in matrix), system, as_rows(matrix, "Week", breakdown_value=system)))
golden_answer("retention: by system",
              retention(more={"breakdownFilter": {"breakdowns": [{"property": "$os", "type": "event"}]}}, retentionType="retention_first_time", period="Week",
                        totalIntervals=5, targetEntity=upload, returningEntity=upload),
              [row for _, _, some in sorted(out, key=lambda o: o[:2]) for row in some])

# ---- lifecycle and stickiness
active_weeks = defaultdict(set)
for e in every_upload:
    if (START - 7) * DAY <= e["t"] < (TODAY + 1) * DAY:
        active_weeks[e["person_id"]].add(monday(e["t"] // DAY))
status = defaultdict(lambda: defaultdict(set))
for p, ws in active_weeks.items():
    for w in ws:
        kind = "new" if monday(persons[p]["created"] // DAY) == w else "returning" if w - 7 in ws else "resurrecting"
        status[kind][w].add(p)
        if w + 7 not in ws:
            status["dormant"][w + 7].add(p)
golden_answer("lifecycle: weeks", {"kind": "LifecycleQuery", "series": [node("uploaded_file")], "interval": "week", "dateRange": {"date_from": "-30d"}},
              [{"label": f"uploaded_file - {kind}", "status": kind, "data": (d := [(-1 if kind == "dormant" else 1) * len(status[kind][w]) for w in weeks]),
                "count": sum(d)} for kind in ("new", "returning", "resurrecting", "dormant")])


def sticky(some, least=1):
    per = Counter((e["person_id"], e["t"] // DAY) for e in some)
    return Counter(Counter(p for (p, _), n in per.items() if n >= least).values())


uploads8 = [e for e in week8 if e["event"] == "uploaded_file"]
golden_answer("stickiness: days", {"kind": "StickinessQuery", "series": [node("uploaded_file")], "dateRange": {"date_from": "-7d"}},
              [{"label": "uploaded_file", "data": (d := [sticky(uploads8)[i] for i in range(1, 9)]), "count": sum(d)}])
golden_answer("stickiness: cumulative, at least two a day",
              {"kind": "StickinessQuery", "series": [node("uploaded_file")], "dateRange": {"date_from": "-7d"},
               "stickinessFilter": {"computedAs": "cumulative", "stickinessCriteria": {"operator": "gte", "value": 2}}},
              [{"label": "uploaded_file", "data": (d := [sum(n for k, n in sticky(uploads8, 2).items() if k >= i) for i in range(1, 9)]), "count": sum(d)}])


# ---- paths
def walks(some, item):
    of = defaultdict(list)
    for e in some:
        of[e["person_id"]].append((e["t"], item(e)))
    for who, mine in of.items():
        walk = []
        for i, (t, name) in enumerate(mine):
            if i and t // 1000 - mine[i - 1][0] // 1000 >= 1_800_000:
                yield who, walk
                walk = []
            if not walk or walk[-1][1] != name:
                walk.append((t, name))
        yield who, walk


def path_edges(some, limit):
    counts, spent = Counter(), Counter()
    for walk in some:
        for i in range(1, len(walk)):
            edge = (f"{i}_{walk[i - 1][1]}", f"{i + 1}_{walk[i][1]}")
            counts[edge] += 1
            spent[edge] += walk[i][0] // 1000 - walk[i - 1][0] // 1000
    top = sorted(counts, key=lambda e: (-counts[e], e))[:limit]
    reach = {s for s, _ in top if s.startswith("1_")}
    for _ in range(20):
        reach |= {t for s, t in top if s in reach}
    return [{"source": s, "target": t, "value": counts[s, t], "average_conversion_time": spent[s, t] / counts[s, t]} for s, t in top if s in reach]


def page(e):
    url = prop(e, "$current_url") or ""
    return url[:-1] if len(url) > 1 and url.endswith("/") else url


def path_query(**filter_):
    return {"kind": "PathsQuery", "dateRange": {"date_from": "-7d"}, "pathsFilter": filter_}


all_walks = [w for _, w in walks(views, page)]
golden_answer("paths: pages", path_query(includeEventTypes=["$pageview"], edgeLimit=30), path_edges([w[:5] for w in all_walks], 30))
HOME = "https://driftboard.example"


def since(walk, name, steps):
    at = next((i for i, (_, n) in enumerate(walk) if n == name), None)
    return [] if at is None else walk[at:at + steps]


def until(walk, name, steps):
    at = next((i for i, (_, n) in enumerate(walk) if n == name), None)
    return [] if at is None else walk[max(0, at + 1 - steps):at + 1]


golden_answer("paths: from the home page", path_query(includeEventTypes=["$pageview"], startPoint=HOME + "/", stepLimit=4, edgeLimit=40),
              path_edges([since(w, HOME, 4) for w in all_walks], 40))
golden_answer("paths: to the sign-up page", path_query(includeEventTypes=["$pageview"], endPoint=HOME + "/signup", stepLimit=3, edgeLimit=20),
              path_edges([until(w, HOME + "/signup", 3) for w in all_walks], 20))
custom = [w for _, w in walks([e for e in week8 if not e["event"].startswith("$")], lambda e: e["event"])]
golden_answer("paths: events of one's own", path_query(includeEventTypes=["custom_event"], edgeLimit=25), path_edges([w[:5] for w in custom], 25))


# ---- people
def actors(source, select=("id",), **more):
    return {"kind": "ActorsQuery", "source": source, "select": list(select), "orderBy": ["id"], "limit": 50000, **more}


def listed(some):
    return [[p] for p in sorted(some)]


golden_answer("people: lost before the sign-up", actors({"kind": "FunnelsActorsQuery", "source": funnel(series5[:3]), "funnelStep": -3}),
              listed(who for who, t in found3.items() if len(t) == 2))
touch = touched(month, three, browser)
golden_answer("people: signed up with Safari",
              actors({"kind": "FunnelsActorsQuery", "funnelStep": 3, "funnelStepBreakdown": ["Safari"],
                      "source": funnel(series5[:3], breakdownFilter={"breakdown": "$browser", "breakdown_type": "event"})}),
              listed(who for who, t in found3.items() if len(t) == 3 and touch.get(who) == "Safari"))
day = TODAY - 2
mine = Counter(e["person_id"] for e in views if e["t"] // DAY == day)
golden_answer("people: of one day's views",
              actors({"kind": "InsightActorsQuery", "source": trends([node("$pageview")]), "day": iso(day), "series": 0}, ("id", "event_count")),
              [[p, mine[p]] for p in sorted(mine)])
golden_answer("people: dormant in a week",
              actors({"kind": "InsightActorsQuery", "day": iso(weeks[2]), "status": "dormant",
                      "source": golden["lifecycle: weeks"]["query"]}), listed(status["dormant"][weeks[2]]))
per = Counter(p for p, _ in {(e["person_id"], e["t"] // DAY) for e in uploads8})
golden_answer("people: active on exactly three days",
              actors({"kind": "StickinessActorsQuery", "source": golden["stickiness: days"]["query"], "day": 3}), listed(p for p, n in per.items() if n == 3))
golden_answer("people: a row of retention",
              actors({"kind": "InsightActorsQuery", "interval": 1, "source": golden["retention: weeks after the first upload"]["query"]}),
              listed(p for p, w in first_upload.items() if w == weeks[1]))
golden_answer("people: from the home page to the sign-up page",
              actors({"kind": "InsightActorsQuery",
                      "source": path_query(includeEventTypes=["$pageview"], startPoint=HOME + "/", pathStartKey=f"1_{HOME}", pathEndKey=f"2_{HOME}/signup")}),
              listed({who for who, w in walks(views, page) for c in [since(w, HOME, 5)] if len(c) > 1 and c[1][1] == HOME + "/signup"}))
golden_answer("people: from HogQL", actors({"kind": "HogQLQuery", "query": "SELECT DISTINCT person_id FROM events WHERE event = 'upgraded_plan'"}),
              listed({e["person_id"] for e in events if e["event"] == "upgraded_plan"}))
golden_answer("people: search", {"kind": "ActorsQuery", "select": ["id"], "search": "ann", "orderBy": ["id"], "limit": 50000},
              listed({i for i, p in persons.items() if any("ann" in str(p["p"].get(k, "")).lower() for k in ("email", "name")) or "ann" in i}
                     | {d["person_id"] for d in rows("person_distinct_ids") if "ann" in d["distinct_id"].lower()}))

# ---- events
latest = [e for e in reversed(events) if e["event"] == "paid_bill" and e["t"] >= (TODAY - 7) * DAY + 12 * 3600 * S and e["t"] < NOW + 5 * S]
golden_answer("events: rows", {"kind": "EventsQuery", "select": ["uuid", "event", "properties.plan"], "event": "paid_bill", "after": "-7d",
                               "orderBy": ["timestamp DESC", "uuid DESC"], "limit": 5},
              [[e["uuid"], e["event"], prop(e, "plan")] for e in latest[:5]])
some = Counter(prop(e, "$browser") for e in events if NOW - DAY <= e["t"] < NOW + 5 * S and e["event"] == "$pageview")
golden_answer("events: counted", {"kind": "EventsQuery", "select": ["properties.$browser", "count()"], "where": ["event = '$pageview'"], "after": "-24h",
                                  "orderBy": ["count() DESC", "properties.$browser"]},
              [[b, n] for b, n in sorted(some.items(), key=lambda i: (-i[1], i[0]))])

print("{")
print(",\n".join(json.dumps(name) + ": " + json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for name, entry in golden.items()))
print("}")
