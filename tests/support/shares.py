"""How the tests are shared out among the workers: in whole files, and what takes long first.

A file's tests stay together, so that what they share is started once. Browsers, which draw what
they show with the processor, are in two rows from the beginning: more of them at a time only wait
for each other, and in the end they would be all that is left. The short files come last, and so all
workers end at the same time.
"""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

# The rooms whose tests take long, most of it waiting; the others come after them.
LONG = ("e2e", "chaos", "faults", "demo", "servers", "endurance", "bench", "cli", "server")

# Browsers are in here; the tests of one file take as long as those of all others.
BROWSERS = "tests/e2e/"
FIRST_ROW = "tests/e2e/test_talk.py"


class Shares(LoadFileScheduling):
    """Gives each worker that is free the next file."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return BROWSERS if file.startswith(BROWSERS) and file != FIRST_ROW else file


def rank(nodeid: str) -> int:
    """Tell what is to come first: the lower, the sooner."""
    room = nodeid.split("/")[1]
    return LONG.index(room) if room in LONG else len(LONG)
