"""How the servers are run: as they come, and with pings that come soon."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import NamedTuple

import msgspec

from holdfast import Deadlines

# send_timeout is the default: a slow but steady reader needs the whole of it.
DEADLINES = Deadlines(close_timeout=1.0, grace=0.5, cleanup_timeout=1.0)
SOON = msgspec.structs.replace(DEADLINES, keepalive=1.0, blind_timeout=5.0)


class Setup(NamedTuple):
    """A server of the matrix."""

    package: str
    title: str
    soon: Sequence[str]
    """Options that shorten its pings, for the cells that wait for them."""
    pings: float | None
    """Seconds until such pings end a connection whose client is gone; None if they never do."""
    keepalive: str
    """What it does by itself, in a sentence."""

    @property
    def version(self) -> str:
        return version(self.package)


SETUPS = {
    "holdfast": Setup(
        "holdfast",
        "Holdfast's own (uvicorn, `--ws holdfast.server:Protocol`)",
        ("--ws-ping-interval", "1", "--ws-ping-timeout", "2"),
        3.0,
        "pings every 20 s, and ends where nothing at all comes within 20 s",
    ),
    "uvicorn-sansio": Setup(
        "uvicorn",
        "uvicorn, `--ws websockets-sansio` (the default)",
        ("--ws-ping-interval", "1", "--ws-ping-timeout", "2"),
        3.0,
        "pings every 20 s, and closes with 1011 where no pong comes within 20 s",
    ),
    "uvicorn-wsproto": Setup(
        "uvicorn",
        "uvicorn, `--ws wsproto`",
        ("--ws-ping-interval", "1", "--ws-ping-timeout", "2"),
        3.0,
        "pings every 20 s, and closes with 1011 where no pong comes within 20 s",
    ),
    "hypercorn": Setup(
        "hypercorn",
        "hypercorn",
        ("--websocket-ping-interval", "1"),
        None,
        "no pings unless `websocket_ping_interval` is set, and no look at the pongs even then",
    ),
    "granian": Setup("granian", "granian", (), None, "no pings, and no option for them"),
    "daphne": Setup(
        "daphne",
        "daphne",
        ("--ping-interval", "1", "--ping-timeout", "3"),
        4.0,
        "pings after 20 s of silence, and closes where no pong comes within 30 s",
    ),
}
