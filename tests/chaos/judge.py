"""A round's verdict: its misses, and its figures."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from tests.chaos import verdicts
from tests.chaos.cases import NOTICED
from tests.chaos.load import Sent
from tests.chaos.round import Round
from tests.chaos.trace import Event, Trace

AFTERMATH = 1.0  # seconds in which those who come back last may still hear of it
PUBLISHED_WITHIN = 8.0  # seconds: publish_timeout, and what a busy machine adds
SHOWN = 12  # misses of one kind in a list: a broken channel has hundreds
AWAY, BACK = re.compile(r"backplane \S+ is away"), re.compile(r"backplane \S+ is back")


class Spread(NamedTuple):
    """Seconds: half, 99 of 100, and all of them were faster."""

    p50: float
    p99: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread | None:
        if not values:
            return None
        ordered = sorted(values)
        at = min(len(ordered) - 1, int(len(ordered) * 0.99))
        found = (statistics.median(ordered), ordered[at], ordered[-1])
        return cls(*(round(each, 3) for each in found))


class Figures(msgspec.Struct):
    """What a round has counted. Times in seconds; ``None``: it did not come to that."""

    case: str
    seed: int
    publications: int
    outcomes: dict[str, int]
    deliveries: int
    reconnects: dict[str, int]
    told_gap: int
    told_incomplete: int
    outages: int
    away: float | None
    noticed: Spread | None
    """From the fault until a worker was not ready."""
    recovered: Spread | None
    """From the end of the fault until a subscription had something published after it."""
    complete: Spread | None
    """The same until it also had all that was published before; of what is kept."""
    settled: bool
    """Whether everybody came to have all that the broker has."""
    slowest_publish: float
    latency: Spread | None
    """Of deliveries before the fault."""
    misses: list[str]


def judge(found: Round) -> Figures:
    """The verdict on a round that was played."""
    traces = [trace for _, trace in found.traces]
    events = [event for trace in traces for event in trace.events]
    closed = Counter(str(code) for one in found.recorders for code in one.codes)
    pubs = [event for trace in traces for event in seen(trace)]
    return Figures(
        case=found.case.name,
        seed=found.seed,
        publications=len(found.sent),
        outcomes=dict(Counter(one.outcome for one in found.sent)),
        deliveries=len(pubs),
        reconnects=dict(sorted(closed.items())),
        told_gap=sum(event.kind == "gap" for event in events),
        told_incomplete=sum(event.kind == "joined" and not event.complete for event in events),
        outages=len(AWAY.findall(found.log_text)),
        away=round(found.healed - found.broken, 2) if found.healed else None,
        noticed=Spread.of(list(noticed(found).values())),
        recovered=Spread.of(list(recovered(found))),
        complete=Spread.of(list(completed(found))),
        settled=found.settled > 0,
        slowest_publish=round(max((one.slowest for one in found.publishers), default=0), 2),
        latency=Spread.of([one.at - one.sent for one in pubs if one.at < found.broken]),
        misses=list(misses(found)),
    )


def noticed(found: Round) -> dict[int, float]:
    """By worker: when it was first not ready."""
    first: dict[int, float] = {}
    for look in found.looks:
        if found.broken <= look.at and not look.ready:
            first.setdefault(look.pid, look.at - found.broken)
    return first


def recovered(found: Round) -> Iterator[float]:
    """By subscription: when it had the first publication of after the fault."""
    for trace in steady(found):
        fresh = [event.at for event in seen(trace) if event.sent >= found.healed]
        if fresh:
            yield fresh[0] - found.healed


def completed(found: Round) -> Iterator[float]:
    """By subscription of what is kept: when it had that, and all of before."""
    for trace in steady(found):
        fresh = [event.at for event in seen(trace) if event.sent >= found.healed]
        old = [event.at for event in seen(trace) if event.sent < found.healed]
        if fresh and trace.channel in found.logs:
            yield max(fresh[0], *old, found.healed) - found.healed


def steady(found: Round) -> list[Trace]:
    """Of the subscribers that are not restless: those come and go anyhow."""
    if not found.healed:
        return []
    there = [one for one in found.recorders if not one.habit.restless]
    return [trace for one in there for trace in one.traces.values()]


def seen(trace: Trace) -> list[Event]:
    return [event for event in trace.events if event.kind == "publication"]


# -- misses ----------------------------------------------------------------------------------------


def misses(found: Round) -> Iterator[str]:
    """All of them; of one kind the first few."""
    yield from found.unfinished
    yield from few(f"{one.name}: {said}" for one in found.recorders for said in one.complaints)
    yield from few(of_the_logs(found))
    yield from few(verdicts.conflicts(found.traces, found.sent))
    yield from of_the_workers(found)
    if found.case.log == "same":
        yield from few(of_a_complete_log(found))
    else:
        yield from of_a_new_log(found)
    for check in (verdicts.silence_misses, verdicts.order_misses):
        yield from few(said for name, trace in found.traces for said in check(name, trace))
    yield from few(of_false_alarms(found))
    if found.settled:
        yield from few(of_the_end(found))


def few(said: Iterable[str]) -> Iterator[str]:
    listed = list(said)
    yield from listed[:SHOWN]
    if len(listed) > SHOWN:
        yield f"... and {len(listed) - SHOWN} more like the last one"


def of_the_logs(found: Round) -> Iterator[str]:
    for channel, log in found.logs.items():
        yield from verdicts.log_misses(channel, log)
    if not found.logs:
        return
    since = 0.0 if found.case.log == "same" else found.healed
    yield from verdicts.accepted_misses(promised(found), found.logs, since)


def promised(found: Round) -> Iterable[Sent]:
    """What a worker that was killed had buffered is lost with it."""
    if not found.case.kills_workers:
        return found.sent
    return [one for one in found.sent if one.outcome != "buffered"]


def of_a_complete_log(found: Round) -> Iterator[str]:
    for name, trace in found.traces:
        if (log := found.logs.get(trace.channel)) is not None:
            yield from verdicts.complete_misses(name, trace, log)


def of_a_new_log(found: Round) -> Iterator[str]:
    """Everyone who had something of the old one was told."""
    if not found.logs:
        return
    if not lost(found):
        yield "this round proves nothing: the broker lost nothing"
    deaf = [(name, trace) for name, trace in found.traces if needs_word(found, trace)]
    yield from few(f"{name} {trace.channel}: was not told of the new log" for name, trace in deaf)


def lost(found: Round) -> int:
    """How many accepted publications the broker has no more."""
    there = {channel: {one.id for one in log} for channel, log in found.logs.items()}
    kept = (one for one in found.sent if one.outcome == "accepted" and one.channel in there)
    return sum(one.id not in there[one.channel] for one in kept)


def needs_word(found: Round, trace: Trace) -> bool:
    old = [e for e in trace.events if e.kind == "publication" and e.at < found.broken]
    if not old or verdicts.told(trace, found.broken):
        return False
    log = found.logs.get(trace.channel)
    return log is None or old[-1].id not in {entry.id for entry in log}


def of_the_end(found: Round) -> Iterator[str]:
    for name, trace in found.traces:
        log = found.logs.get(trace.channel)
        yield from verdicts.end_misses(name, trace, log, found.last(trace.channel))


def of_false_alarms(found: Round) -> Iterator[str]:
    """Before the fault, and from a while after everybody had recovered; of a worker's, ever."""
    if not found.broken:
        return
    whole = max([*completed(found), *recovered(found)], default=0.0)
    quiet = found.healed + whole + AFTERMATH
    calm = [(0.0, found.broken), (quiet, found.ended)]
    if found.case.kills_workers:
        calm = [(0.0, found.ended)]
    for start, end in calm:
        for name, trace in found.traces:
            yield from verdicts.alarm_misses(name, trace, start, end)


def of_the_workers(found: Round) -> Iterator[str]:
    """What they logged, and how soon they noticed."""
    if "Traceback" in found.log_text:
        at = found.log_text.index("Traceback")
        yield f"a worker logged: {found.log_text[at : at + 1500]}"
    away, back = (len(each.findall(found.log_text)) for each in (AWAY, BACK))
    if away != back and not found.case.kills_workers:
        yield f"the log says {away} times that the broker is away, and {back} times that it is back"
    if found.case.away and away < found.plan.workers:
        yield f"{found.plan.workers} workers logged {away} outages"
    slowest = max((one.slowest for one in found.publishers), default=0.0)
    if slowest > PUBLISHED_WITHIN:
        yield f"publishing took {slowest:.1f} s: its deadline is 5"
    if found.case.hangs:
        yield from of_noticing(found)


def of_noticing(found: Round) -> Iterator[str]:
    took = noticed(found)
    for pid in found.began:
        if pid not in took:
            yield f"worker {pid} was ready all the time"
        elif took[pid] > NOTICED:
            yield f"worker {pid} noticed after {took[pid]:.1f} s"
