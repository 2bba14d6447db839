"""What must hold after a round. Each function returns its misses, each with its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from tests.chaos.load import Sent
from tests.chaos.trace import Event, Place, Trace


class Entry(NamedTuple):
    """One publication of the broker's own log."""

    position: str
    id: str


Log = Sequence[Entry]


# -- the broker's log against what publishers were told --------------------------------------------


def log_misses(channel: str, log: Log, gapless: bool = True) -> Iterator[str]:
    """Nothing twice, and what one task published stands in its order."""
    seen: dict[str, str] = {}
    last: dict[str, int] = {}
    for entry in log:
        if (before := seen.get(entry.id)) is not None:
            yield f"{channel}: {entry.id} is in the log twice, at {before} and {entry.position}"
        seen[entry.id] = entry.position
        by, _, number = entry.id.rpartition("/")
        if int(number) <= last.get(by, 0):
            yield f"{channel}: {entry.id} at {entry.position} comes after {by}/{last[by]}"
        last[by] = int(number)
    for one, other in pairwise(log):
        if gapless and Place.of(other.position).offset != Place.of(one.position).offset + 1:
            yield f"{channel}: the log goes from {one.position} to {other.position}"


def accepted_misses(sent: Iterable[Sent], logs: Mapping[str, Log], since: float) -> Iterator[str]:
    """What was accepted after ``since`` is in its channel's log, and what was buffered too.

    With ``since`` 0, at the very position that the publisher was told.
    """
    places = {channel: {one.id: one.position for one in log} for channel, log in logs.items()}
    for each in sent:
        place = places.get(each.channel, {}).get(each.id)
        if each.outcome == "failed":
            yield f"{each.channel}: publishing {each.id} raised {each.position}"
        elif each.channel not in places or each.started < since:
            continue
        elif each.outcome in ("accepted", "buffered") and place is None:
            yield f"{each.channel}: {each.id} was {each.outcome} ({each.position}), and is lost"
        elif each.outcome == "accepted" and place != each.position and not since:
            yield f"{each.channel}: {each.id} was accepted at {each.position}, and is at {place}"


def conflicts(traces: Iterable[tuple[str, Trace]], sent: Iterable[Sent]) -> Iterator[str]:
    """No position means two publications, to whomever."""
    known: dict[tuple[str, str], tuple[str, str]] = {}
    seen = [
        (trace.channel, event.position, event.id, name)
        for name, trace in traces
        for event in trace.events
        if event.kind == "publication"
    ]
    told = [
        (one.channel, one.position, one.id, one.by) for one in sent if one.outcome == "accepted"
    ]
    for channel, position, id, name in [*seen, *told]:
        other, first = known.setdefault((channel, position), (id, name))
        if other != id:
            yield f"{channel}: {position} is {other} to {first}, and {id} to {name}"


# -- one subscriber of one channel -----------------------------------------------------------------


def complete_misses(name: str, trace: Trace, log: Log) -> Iterator[str]:
    """It saw the whole log, once and in order, and was told of nothing incomplete."""
    where = f"{name} {trace.channel}"
    for event in trace.events:
        if event.kind == "gap":
            yield f"{where}: was told of a gap"
        if event.kind == "joined" and event.position and not event.complete:
            yield f"{where}: was told that {event.position} cannot be completed"
    seen = [Entry(one.position, one.id) for one in publications(trace.events)]
    if seen != list(log):
        yield f"{where}: {difference(seen, log)}"


def difference(seen: Log, log: Log) -> str:
    """Where two logs first differ, and what kind of difference that is."""
    known = set(log)
    counts = Counter(entry for entry in seen if entry in known)
    missing = [entry for entry in log if entry not in counts]
    twice = [entry for entry, count in counts.items() if count > 1]
    foreign = [entry for entry in seen if entry not in known]
    found = [
        f"{len(missing)} missing, from {missing[0]} to {missing[-1]}" if missing else "",
        f"{len(twice)} twice, the first {twice[0]}" if twice else "",
        f"{len(foreign)} that are not in the log, the first {foreign[0]}" if foreign else "",
    ]
    return "; ".join(filter(None, found)) or "out of order"


def silence_misses(name: str, trace: Trace) -> Iterator[str]:
    """Between two publications nothing is missing, unless it was told in between.

    An answer "complete" is a promise as good as an unbroken connection: the next publication must
    be the one after the position that was asked for.
    """
    where = f"{name} {trace.channel}"
    before: str = ""  # nothing is promised
    for event in trace.events:
        if event.kind == "stray":
            yield f"{where}: {event.position or 'a gap notice'} came after the channel was left"
        elif event.kind == "gap" or (event.kind == "joined" and not event.complete):
            before = ""
        elif event.kind == "joined":
            before = event.position
        elif event.kind == "publication":
            if before and not follows(before, event.position):
                yield f"{where}: {event.position} ({event.id}) follows {before} without a word"
            before = event.position


def follows(before: str, after: str) -> bool:
    one, other = Place.of(before), Place.of(after)
    return one.epoch == other.epoch and other.offset == one.offset + 1


def order_misses(name: str, trace: Trace) -> Iterator[str]:
    """Nothing twice in one epoch, and each publisher's in order, as long as nothing was told."""
    for events in segments(trace.events):
        log = [Entry(one.position, one.id) for one in events]
        for said in log_misses(trace.channel, log, gapless=False):
            yield f"{name} {said}"


def end_misses(name: str, trace: Trace, log: Log | None, last: str) -> Iterator[str]:
    """Its last publication is the channel's; what it holds for unbroken is the log's own end."""
    where = f"{name} {trace.channel}"
    seen = publications(trace.events)
    if not seen or seen[-1].id != last:
        yield f"{where}: deaf: the last it has is {seen[-1].position if seen else 'nothing'}"
        return
    if log is None:
        return
    tail = [Entry(one.position, one.id) for one in list(segments(trace.events))[-1]]
    if tail and tail != list(log[-len(tail) :]):
        said = difference(tail, log[-len(tail) :])
        yield f"{where}: holds for unbroken what is not the log: {said}"


def publications(events: Iterable[Event]) -> list[Event]:
    return [event for event in events if event.kind == "publication"]


def segments(events: Iterable[Event]) -> Iterator[Sequence[Event]]:
    """The publications between two words of a gap; the last one may be empty."""
    found: list[Event] = []
    for event in events:
        told = event.kind == "gap" or (event.kind == "joined" and not event.complete)
        if told or (event.kind == "joined" and not event.position):
            if found:
                yield found
            found = []
        elif event.kind == "publication":
            found.append(event)
    yield found


def told(trace: Trace, since: float) -> bool:
    """Whether it heard after ``since`` that something may be missing."""
    return any(event.at >= since for event in words(trace, answers=True))


def words(trace: Trace, answers: bool) -> Iterator[Event]:
    """All that says that something may be missing; answers to joins too, if asked for."""
    for event in trace.events:
        incomplete = answers and event.kind == "joined" and not event.complete
        closed = event.kind == "closed" and event.code == 3010
        if event.kind == "gap" or incomplete or closed:
            yield event


def alarm_misses(name: str, trace: Trace, start: float, end: float) -> Iterator[str]:
    """While nothing was wrong, nobody was told that anything is missing.

    What is not kept is incomplete for who was away, whatever the broker does.
    """
    for event in words(trace, answers=not trace.channel.startswith("plain")):
        if start <= event.at < end:
            said = event.kind if event.kind != "closed" else "closed with 3010"
            yield f"{name} {trace.channel}: false alarm at {event.at:.2f}: {said}"
