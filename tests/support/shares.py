"""How the tests are shared out among the workers: in whole files, and what takes long first.

A file's tests stay together, so that what they share is started once. Browsers, which draw what
they show with the processor, are in one row from the beginning: more of them at a time would keep
each other waiting, and all other tests, until one is too late for a deadline. The short files come
last, and so all workers end at the same time.
"""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

# The rooms whose tests take long, most of it waiting; the others come after them.
LONG = ("e2e", "chaos", "faults", "demo", "servers", "endurance", "bench", "cli", "server")

# Browsers are in here.
BROWSERS = "tests/e2e/"


class Shares(LoadFileScheduling):
    """Gives each worker that is free the next file."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return BROWSERS if file.startswith(BROWSERS) else file


def rank(nodeid: str) -> int:
    """Tell what is to come first: the lower, the sooner."""
    room = nodeid.split("/")[1]
    return LONG.index(room) if room in LONG else len(LONG)
