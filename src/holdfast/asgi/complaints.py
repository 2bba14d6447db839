"""Log lines that strangers cause: a few, then few, so that they cannot fill a disk."""

import logging
import time

from holdfast.asgi.limits import Bucket, Rate

RATE = Rate(per_second=0.1, burst=5)  # lines of one kind

log = logging.getLogger("holdfast")


class Complaints:
    """What is said about refused connections. Each kind has its own allowance."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}
        self._silent: dict[str, int] = {}

    def tell(self, kind: str, text: str) -> None:
        """Log it, and how many of its kind were not logged since the last; or count it."""
        now = time.monotonic()
        if not self._buckets.setdefault(kind, Bucket(RATE, now)).take(now):
            self._silent[kind] = self._silent.get(kind, 0) + 1
            return
        more = self._silent.pop(kind, 0)
        text += f" (and {more} more like it, not logged)" if more else ""
        log.warning("%s", printable(text))


def printable(text: str) -> str:
    """A stranger's text, harmless in a log line."""
    return "".join(c if c.isprintable() else "?" for c in text[:500])
