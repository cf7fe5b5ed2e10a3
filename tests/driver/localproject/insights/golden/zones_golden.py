#!/usr/bin/env python3
"""Expected answers of insights in projects outside UTC: across a night in which clocks change, with an offset of half an hour, and where
the day of the change begins at one o'clock.

    zones_golden.py > zones_golden.json

The events are drawn here and stand in the file. Shares nothing with the program: what insights/README.md says, with zoneinfo and plain passes.
"""
import json
import random
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

PROJECTS = [  # zone, first day of weeks (0 Sunday, 1 Monday), first day, last day: the clocks change between them (not in Kolkata)
    ("America/New_York", 0, "2025-10-20", "2025-11-16"),
    ("America/New_York", 1, "2026-02-23", "2026-03-22"),
    ("Asia/Kolkata", 1, "2026-01-05", "2026-02-01"),
    ("Africa/Cairo", 0, "2025-04-14", "2025-05-11"),
]


def node(event, **more):
    return {"kind": "EventsNode", "event": event, **more}


def project(zone_name, week_start, first, last):
    zone = ZoneInfo(zone_name)
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    draw = random.Random(f"{zone_name} {first}")
    begin = datetime.combine(first, datetime.min.time(), zone).astimezone(timezone.utc)
    seconds = int((datetime.combine(last, datetime.min.time(), zone) + timedelta(hours=20)).timestamp() - begin.timestamp())

    def local(e):
        return e["utc"].astimezone(zone)

    def day(e):
        return local(e).date()

    def hour(e):
        return local(e).replace(minute=0, second=0, microsecond=0, tzinfo=None)

    def week_of(d):
        return d - timedelta(days=(d.weekday() + (1 if week_start == 0 else 0)) % 7)

    def week(e):
        return week_of(day(e))

    def month(e):
        return day(e).replace(day=1)

    # Many events lie around midnight of the project or of UTC, and in the nights in which the clocks change.
    changes = [t for t in (begin + timedelta(minutes=30 * i) for i in range(seconds // 1800))
               if t.astimezone(zone).utcoffset() != (t + timedelta(minutes=30)).astimezone(zone).utcoffset()]
    events = []
    for i in range(420):
        t = begin + timedelta(seconds=draw.randrange(seconds))
        kind = draw.randrange(6)
        if kind == 0:
            t = datetime.combine(t.astimezone(zone).date(), datetime.min.time(), zone).astimezone(timezone.utc) + timedelta(seconds=draw.randrange(-3600, 3600))
        elif kind == 1:
            t = t.replace(hour=0, minute=0, second=0) + timedelta(seconds=draw.randrange(-3600, 3600))
        elif kind == 2 and changes:
            t = draw.choice(changes) + timedelta(seconds=draw.randrange(-3 * 3600, 5 * 3600))
        events.append({"utc": t.replace(microsecond=0), "person": draw.randrange(1, 25), "event": draw.choice(["open", "open", "open", "save"])})
    events.sort(key=lambda e: (e["utc"], e["person"]))
    events = [e for e in events if first <= day(e) <= last]
    created = {p: begin + timedelta(seconds=draw.randrange(seconds)) for p in range(1, 25)}
    now = datetime.combine(last, datetime.min.time(), zone) + timedelta(hours=20)
    opened = [e for e in events if e["event"] == "open"]
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    answers = {}

    def answer(name, query, results):
        answers[name] = {"query": query, "results": results}

    def counted(some, bucket, buckets, value=len):
        groups = defaultdict(list)
        for e in some:
            groups[bucket(e)].append(e)
        return [value(groups[b]) if b in groups else 0 for b in buckets]

    people = lambda some: len({e["person"] for e in some})
    texts = lambda buckets: [str(b) for b in buckets]
    weeks = sorted({week_of(d) for d in days})
    months = sorted({d.replace(day=1) for d in days})
    dates = {"date_from": str(first), "date_to": str(last)}
    # The first interval is looked at whole: no event lies before the first day, so that makes no difference here.
    for interval, bucket, buckets in (("day", day, days), ("week", week, weeks), ("month", month, months)):
        for math, value in (("total", len), ("dau", people)):
            data = counted(opened, bucket, buckets, value)
            answer(f"trend: {math} by {interval}",
                   {"kind": "TrendsQuery", "series": [node("open", math=math)], "interval": interval, "dateRange": dates},
                   [{"data": data, "days": texts(buckets), "count": sum(data)}])
    for d in sorted({(t + timedelta(minutes=30)).astimezone(zone).date() for t in changes} or {days[10]}):
        hours = [datetime.combine(d, datetime.min.time()) + timedelta(hours=h) for h in range(24)]
        for math, value in (("total", len), ("dau", people)):
            data = counted(events, hour, hours, value)
            answer(f"trend: {math} by hour", {"kind": "TrendsQuery", "series": [node(None, math=math)], "interval": "hour",
                                              "dateRange": {"date_from": f"{d} 00:00:00", "date_to": f"{d} 23:59:59"}},
                   [{"data": data, "days": texts(hours), "count": sum(data)}])
        for h in hours:
            there = [e for e in events if hour(e) == h]
            if there:
                answer(f"people: of {h:%H} o'clock",
                       {"kind": "ActorsQuery", "select": ["id", "event_count"], "orderBy": ["id"],
                        "source": {"kind": "InsightActorsQuery", "day": str(h), "series": 0, "source": answers["trend: total by hour"]["query"]}},
                       [[person_id(p), n] for p, n in sorted(Counter(e["person"] for e in there).items())])
    seen = defaultdict(set)
    for e in opened:
        seen[day(e)].add(e["person"])
    data = [len(set().union(*(seen[d - timedelta(days=k)] for k in range(7)))) for d in days]
    answer("trend: weekly active by day", {"kind": "TrendsQuery", "series": [node("open", math="weekly_active")], "dateRange": dates},
           [{"data": data, "days": texts(days)}])
    week8 = days[-8:]
    answer("trend: the last seven days, compared", {"kind": "TrendsQuery", "series": [node("open")], "dateRange": {"date_from": "-7d"}, "compareFilter": {"compare": True}},
           [{"data": counted(opened, day, some), "days": texts(some), "compare_label": label} for label, some in (("current", week8), ("previous", days[-15:-7]))])
    firsts = {}
    for e in opened:
        firsts.setdefault(e["person"], e)
    answer("trend: first time by day", {"kind": "TrendsQuery", "series": [node("open", math="first_time_for_user")], "dateRange": dates},
           [{"data": counted(firsts.values(), day, days), "days": texts(days)}])
    chosen = max(days, key=lambda d: len([e for e in opened if day(e) == d]))
    answer("people: of a day", {"kind": "ActorsQuery", "select": ["id", "event_count"], "orderBy": ["id"],
                                "source": {"kind": "InsightActorsQuery", "day": str(chosen), "series": 0, "source": answers["trend: total by day"]["query"]}},
           [[person_id(p), n] for p, n in sorted(Counter(e["person"] for e in opened if day(e) == chosen).items())])

    # ---- retention: the people of a row, and those of them who come back k intervals later
    for period, bucket, buckets, ahead, kind in (("Day", day, days, 7, "retention_recurring"), ("Week", week, weeks, 4, "retention_first_time"),
                                                 ("Week", week, weeks, 4, "retention_recurring")):
        starts, back = defaultdict(set), defaultdict(set)
        for e in (firsts.values() if kind == "retention_first_time" else opened):
            starts[bucket(e)].add(e["person"])
        for e in events:
            if e["event"] == "save":
                back[bucket(e)].add(e["person"])
        rows = []
        for i, b in enumerate(buckets):
            values = [len(starts[b])] + [len(starts[b] & back[later]) for later in buckets[i + 1:i + ahead]]
            rows.append({"label": f"{period} {i}", "values": [{"count": c, "label": f"{period} {k}"} for k, c in enumerate(values)]})
        name = f"retention: {period}s, {kind}"
        answer(name, {"kind": "RetentionQuery", "dateRange": dates,
                      "retentionFilter": {"retentionType": kind, "period": period, "totalIntervals": ahead, "targetEntity": {"id": "open", "type": "events"},
                                          "returningEntity": {"id": "save", "type": "events"}}}, rows)
        row = 1
        there = {p: [0] + [k for k in range(1, len(buckets) - row) if p in back[buckets[row + k]]] for p in starts[buckets[row]]}
        answer(f"people: of a row of {period}s, {kind}",
               {"kind": "ActorsQuery", "select": ["id", "appearances"], "orderBy": ["id"],
                "source": {"kind": "InsightActorsQuery", "interval": row, "source": answers[name]["query"]}},
               [[person_id(p), there[p]] for p in sorted(there)])

    # ---- lifecycle and stickiness
    for interval, bucket, buckets, step in (("day", day, days, 1), ("week", week, weeks, 7)):
        active = defaultdict(set)
        for e in opened:
            active[e["person"]].add(bucket(e))
        status = {kind: Counter() for kind in ("new", "returning", "resurrecting", "dormant")}
        for p, some in active.items():
            born = bucket({"utc": created[p]})
            for b in some:
                status["new" if born == b else "returning" if b - timedelta(days=step) in some else "resurrecting"][b] += 1
                if b + timedelta(days=step) not in some:
                    status["dormant"][b + timedelta(days=step)] -= 1
        answer(f"lifecycle: by {interval}", {"kind": "LifecycleQuery", "series": [node("open")], "interval": interval, "dateRange": dates},
               [{"status": kind, "data": [counts[b] for b in buckets], "days": texts(buckets)} for kind, counts in status.items()])
        active_in = Counter(len(some) for some in active.values())
        answer(f"stickiness: by {interval}", {"kind": "StickinessQuery", "series": [node("open")], "interval": interval, "dateRange": dates},
               [{"data": [active_in[i] for i in range(1, len(buckets) + 1)]}])

    # ---- a funnel's trend: of those who begin on a day, how many go on within a day
    rates = []
    for d in days:
        begun, done = set(), set()
        for a in opened:
            if day(a) != d:
                continue
            begun.add(a["person"])
            if any(b["person"] == a["person"] and b["event"] == "save" and timedelta(0) <= b["utc"] - a["utc"] <= timedelta(days=1) for b in events):
                done.add(a["person"])
        rates.append(round(len(done) / len(begun) * 100, 2) if begun else 0)
    answer("funnel: trend by day", {"kind": "FunnelsQuery", "series": [node("open"), node("save")], "dateRange": dates,
                                    "funnelsFilter": {"funnelVizType": "trends", "funnelWindowInterval": 1}}, [{"data": rates, "days": texts(days)}])
    return {"zone": zone_name, "week_start_day": week_start, "now": now.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "events": [[e["person"], e["event"], e["utc"].strftime("%Y-%m-%d %H:%M:%S")] for e in events],
            "persons": [[p, t.strftime("%Y-%m-%d %H:%M:%S")] for p, t in created.items()], "answers": answers}


def person_id(person):
    return f"00000000-0000-4000-8000-{person:012d}"


print(json.dumps([project(*p) for p in PROJECTS], separators=(",", ":")).replace('},"', '},\n"'))
