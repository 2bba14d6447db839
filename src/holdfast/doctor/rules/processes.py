"""HD3: several processes, and what the machine gives each."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.doctor.facts import Facts
from holdfast.doctor.finding import Severity
from holdfast.doctor.rules.rule import Found, Rule, paths

FILES = 4096  # what a server of some thousand connections needs at least
SPARE = 64  # descriptors that are no client's: logs, databases, the event loop


def split_channels(facts: Facts) -> Iterator[Found]:
    """Each worker has channels of its own."""
    workers = facts.server.workers if facts.server is not None else 1
    if workers < 2:
        return
    if any(one.memory and one.channels for one in facts.app.holdfasts):
        yield Found(
            f"{workers} workers with the memory backplane: a publication reaches the connections "
            "of one worker only"
        )


def split_lists(facts: Facts) -> Iterator[Found]:
    """The tutorial's list of connections, once per worker."""
    workers = facts.server.workers if facts.server is not None else 1
    if workers > 1 and facts.app.plain:
        yield Found(
            f"{workers} workers: a list of connections that the code of {paths(facts.app.plain)} "
            "keeps in memory holds those of its own worker"
        )


def few_files(facts: Facts) -> Iterator[Found]:
    """A descriptor per connection."""
    files, app = facts.machine.files, facts.app
    if files is None or files >= FILES or not facts.serves:
        return
    bounds = [one.connections for one in app.holdfasts if app.ours]
    bounds += [one.connections for one in app.guards]
    covered = not app.unguarded and app.readable
    if covered and bounds and all(most is not None and most + SPARE <= files for most in bounds):
        return
    yield Found(f"a process may open {files} files here, and every connection is one")


def other_platform(facts: Facts) -> Iterator[Found]:
    """What is measured through Linux's TCP_INFO."""
    ours = facts.app.ours or any(route.guarded for route in facts.app.routes)
    if facts.machine.platform != "linux" and ours:
        yield Found(f"Holdfast is tested on Linux only, and this is {facts.machine.platform}")


RULES = (
    Rule(
        "HD301",
        "split-channels",
        Severity.ERROR,
        "several workers, by option, configuration file or `WEB_CONCURRENCY`, with the memory "
        "backplane, and routes that are not only streams; `holdfast run` does not start then",
        "with 2 workers of uvicorn and 40 subscribers, one publish reached 23 of them",
        'share the channels: `Holdfast(app, backplane="redis://localhost")`, or run one worker: '
        "`--workers 1`, and no WEB_CONCURRENCY",
        split_channels,
    ),
    Rule(
        "HD302",
        "split-lists",
        Severity.NOTE,
        "several workers, and plain WebSocket routes",
        "a broadcast over such a list reaches its own worker's clients and says nothing of the "
        "others",
        "run one worker, or send through something that all of them share",
        split_lists,
    ),
    Rule(
        "HD303",
        "few-files",
        Severity.WARNING,
        "fewer than 4,096 open files (soft `RLIMIT_NOFILE`), unless `Limits(connections=...)` "
        "stays below",
        "at the limit uvicorn on uvloop and daphne reset new clients without a word in the log, "
        "hypercorn and granian let them wait; files and databases cannot be opened either",
        "ulimit -n 65536, LimitNOFILE=65536 for systemd, --ulimit nofile=65536 for docker",
        few_files,
    ),
    Rule(
        "HD304",
        "untested-platform",
        Severity.NOTE,
        "another system than Linux",
        "whether a client takes anything is read from Linux's TCP_INFO; elsewhere a stuck send "
        "ends after Deadlines.blind_timeout, 30 s, and not after 5",
        "fine for development; run it on Linux",
        other_platform,
    ),
)
