"""What one Redis carries: each task a process of its own, on a fresh Redis."""

import json
import subprocess
import sys
from typing import Any

from bench.process import Failed, cores, environment, on_core, run_python
from bench.progress import Progress
from bench.scale.carry import READY
from bench.scale.fleet import Redis, redis

MODULE = "bench.scale.carry"
LONGEST = 300.0
KEPT = 100  # publications of a history
LISTENERS = (0, 1, 4, 16, 64)
MANY = (10_000, 100_000)

Found = dict[str, Any]


def measure(quick: bool) -> Found:
    """Everything; a minute or two."""
    shrink = 10 if quick else 1
    seconds = 5.0 / shrink
    steps: list[tuple[str, str, Found]] = [
        ("publish", "publish", {"seconds": seconds}),
        ("publish_history", "publish", {"seconds": seconds, "history": KEPT}),
        *(
            (f"listeners_{count}", "publish", {"seconds": seconds, "listeners": count})
            for count in LISTENERS
        ),
        *(
            (f"outage_{count}", "outage", {"channels": count // shrink, "seconds": 15.0 / shrink})
            for count in MANY
        ),
    ]
    kept = {"channels": 1000 // shrink, "count": KEPT, "history": KEPT}
    steps += [
        ("keep", "keep", {"channels": 20_000 // shrink, "count": 1}),
        ("keep_history", "keep", kept),
        ("receive_1", "receive", {"channels": 1, "count": 50_000 // shrink}),
        ("receive_1000", "receive", {"channels": 1000, "count": 50_000 // shrink}),
    ]
    return _all(steps)


def _all(steps: list[tuple[str, str, Found]]) -> Found:
    progress, found = Progress(len(steps)), {}
    for name, task, given in steps:
        progress.begin(f"{task} {given}")
        found[name] = {**given, **_one(task, given)}
        progress.end()
    progress.finish()
    return found


def _one(task: str, given: Found) -> Found:
    theirs, ours = cores() or (None, None)
    with redis(ours) as broker:
        told = _told(given, broker)
        if task == "receive":
            return _received(told, theirs, ours)
        found: Found = json.loads(run_python(MODULE, [task, told], theirs, LONGEST))
        return found


def _told(given: Found, broker: Redis) -> str:
    return json.dumps({**given, "url": broker.url, "broker": broker.pid})


def _received(told: str, theirs: int | None, ours: int | None) -> Found:
    """One process publishes, beside Redis, and another receives."""
    words = [sys.executable, "-m", MODULE, "receive", told]
    with on_core(theirs):
        process = subprocess.Popen(words, env=environment(), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != READY:
            raise Failed("the process that receives did not come up")
        run_python(MODULE, ["send", told], ours, LONGEST)
        found: Found = json.loads(process.communicate(timeout=LONGEST)[0])
        return found
    finally:
        process.kill()
        process.wait()
