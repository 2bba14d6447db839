"""What the guard saved an application from: counted, and told in the log without flooding it."""

import logging
import time
from enum import StrEnum
from typing import Any

import msgspec

TELL_AGAIN = 60.0  # seconds between two log lines about the same endpoint and kind

log = logging.getLogger("holdfast")


class Kind(StrEnum):
    """What a handler would have left behind, or done to others."""

    STUCK_SEND = "stuck send"
    """Its client took nothing while it sent: aborted."""
    CANCELLED = "cancelled handler"
    """Its client was gone, and it still ran after ``grace``."""
    UNSTOPPABLE = "ignored cancellation"
    """It caught its cancellation and went on."""
    LEFT_TASKS = "left tasks"
    """It ended, and tasks of its own went on: siblings in a ``gather``, say."""
    SENT_TO_GONE = "sent to another that was gone"
    """It sent to another handler's client after that one's end: dropped instead of raised."""
    UNREAD = "unread messages"
    """It never receives, and its client sends: dropped, so that pongs are read."""
    FLOOD = "flood"
    """Its client sent more than it read, or more than the limits allow."""
    BAD_CLOSE = "invalid close"
    """It closed with a code or a reason that no close frame may carry: mended."""


class Rescue(msgspec.Struct):
    """One kind of trouble at one endpoint, counted since the process started."""

    endpoint: str
    kind: Kind
    count: int = 0
    age: float = 0.0
    """Seconds since the accept, of the connection that it happened to last."""
    where: list[str] = []
    """Where the handler stood then, outermost frame first; empty where nothing waited."""


class Rescues:
    """All of them. The first of each is logged with the place, later ones once a minute."""

    def __init__(self) -> None:
        self._all: dict[tuple[str, Kind], Rescue] = {}
        self._told: dict[tuple[str, Kind], tuple[float, int]] = {}

    def __call__(self) -> list[Rescue]:
        """What was rescued so far."""
        return list(self._all.values())

    def note(
        self, endpoint: str, kind: Kind, text: str, age: float = 0.0, where: list[str] | None = None
    ) -> None:
        """Count one; ``text`` says what was done and what the author can do."""
        key = (endpoint, kind)
        rescue = self._all.setdefault(key, Rescue(endpoint, kind))
        rescue.count += 1
        rescue.age, rescue.where = age, where or []
        now = time.monotonic()
        at, count = self._told.get(key, (-TELL_AGAIN, 0))
        if now - at < TELL_AGAIN:
            return
        self._told[key] = (now, rescue.count)
        times = f" ({rescue.count - count} times in the last {now - at:.0f} s)" if count else ""
        stood = "".join(f"\n    {line}" for line in rescue.where)
        log.warning("guard: %s after %.1f s: %s%s%s", endpoint, age, text, times, stood)


def endpoint_of(scope: Any) -> str:
    """The route's template and the function: no path, which would be another one each time."""
    route, endpoint = scope.get("route"), scope.get("endpoint")
    name = getattr(endpoint, "__qualname__", type(endpoint).__qualname__ if endpoint else "")
    path = getattr(route, "path", "")
    return f"{path} ({name})" if path and name else path or name or "an ASGI application"
