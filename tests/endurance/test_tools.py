"""What the long runs are judged and shown by."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any
from xml.etree import ElementTree

from tests.endurance.logs import of_ours, of_server, tracebacks
from tests.endurance.mutants import FLOODS, MUTANTS, handshake
from tests.endurance.plot import picture
from tests.endurance.soak import Plan, Rest, Sample, Soaking
from tests.endurance.verdicts import complaints, flatness, slope

LOG = """\
INFO:     connection open
ERROR:    Exception in ASGI application
Traceback (most recent call last):
  File "/x/site-packages/uvicorn/server.py", line 9, in run
    await app()
  File "/srv/app/src/holdfast/asgi/guard.py", line 1, in __call__
    raise KeyError(
        "text"
    )
KeyError: 'text'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/x/site-packages/websockets/protocol.py", line 3, in send_close
    raise InvalidState
websockets.exceptions.InvalidState: connection is closing
INFO:     connection closed
  + Exception Group Traceback (most recent call last):
  |   File "/x/site-packages/hypercorn/tcp_server.py", line 57, in run
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/x/site-packages/hypercorn/run.py", line 109, in serve
    | TimeoutError: [Errno 110] Connection timed out
    +------------------------------------
Task exception was never retrieved
"""


def test_tracebacks_are_told_apart() -> None:
    assert len(list(tracebacks(LOG))) == 4
    ours, lost = of_ours(LOG)
    assert ours.endswith("KeyError: 'text'")
    assert lost == "Task exception was never retrieved"
    assert of_server(LOG) == Counter(
        {
            "websockets.exceptions.InvalidState in websockets/protocol.py send_close": 1,
            "ExceptionGroup in hypercorn/tcp_server.py run": 1,
            "TimeoutError in hypercorn/run.py serve": 1,
        }
    )


def test_mutants_come_again_with_the_same_seed() -> None:
    for make in (*MUTANTS, *FLOODS, handshake):
        first, second = ([make(random.Random(seed)) for seed in range(50)] for _ in range(2))
        assert first == second
        assert len(set(first)) > 1


def soaked(grown: int) -> Soaking:
    """A run of 40,000 connections, each of which kept so many bytes, and a hundredth of objects."""
    server: Any = None
    found = Soaking(server, Plan(40_000, 4))
    found.done["closes"] = 40_000
    found.seconds = 100.0
    found.samples = [Sample(at, 70_000_000 + grown * at) for at in range(0, 40_000, 100)]
    found.rests = [
        Rest(at, 70_000_000 + grown * at, 250_000 + grown * at // 100, {})
        for at in range(0, 40_001, 10_000)
    ]
    return found


def test_memory_that_grows_is_no_flat_memory() -> None:
    assert flatness(soaked(10)).faults == []
    assert len(flatness(soaked(100)).faults) == 2
    found = soaked(0)
    found.rests[2].left["tasks"] = 7
    assert complaints(found) == ["left after 20000 cycles: {'tasks': 7}"]


def test_the_slope_is_that_of_most_pairs() -> None:
    assert slope([(0, 100), (10, 200), (20, 300)]) == 10
    assert slope([(0, 100), (10, 100), (20, 100), (30, 900), (40, 100)]) == 0
    assert slope([(0, 100)]) == 0


def test_a_run_becomes_a_picture() -> None:
    found = soaked(5)
    drawn = ElementTree.fromstring(picture(found, 10_000))
    (line,) = drawn.iter("{http://www.w3.org/2000/svg}polyline")
    assert len(line.attrib["points"].split()) == len(found.samples)
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}circle"))) == len(found.rests)
