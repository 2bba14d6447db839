"""The words of the matrix: servers, columns, faults, handlers; and one cell of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from holdfast.testing import GARBAGE
from tests.support.servers import KINDS as SERVERS

COLUMNS = ("own", "guarded", "plain")
SHIPPED = "shipped"  # Holdfast's own endpoints with every deadline and server as it comes

# Each with the words of the tables.
FAULTS = {
    "close": "closes properly",
    "tab": "closes its tab (Chromium)",
    "reset": "resets (RST)",
    "fin": "hangs up without a close frame (FIN)",
    "half-open": "vanishes from the network",
    "stall": "stops reading",
    "crawl": "reads 20 KB/s",
    "garbage": "sends garbage",
    "handshake": "is gone during the handshake",
}
HANDLERS = {
    "sends": "sends in a loop",
    "receives": "receives in a loop",
    "both": "receives and sends",
    "waits": "waits on a queue",
    "busy": "is busy while messages wait",
    "cleans": "cleans up with awaits",
    "raises": "raises",
    "gathers": "gathers siblings",
}
SENDERS = {"sends", "both", "gathers"}


class Cell(NamedTuple):
    """One connection of one client to one handler."""

    server: str
    column: str
    fault: str
    handler: str

    @property
    def name(self) -> str:
        """Its name within one server process."""
        return f"{self.fault}-{self.handler}"


def cells(
    server: str,
    column: str,
    faults: Collection[str] = FAULTS,
    handlers: Collection[str] = HANDLERS,
) -> list[Cell]:
    """Those of one server and column."""
    return [
        Cell(server, column, fault, handler)
        for fault in FAULTS
        for handler in HANDLERS
        if fault in faults and handler in handlers
    ]


def garbage_for(cell: Cell) -> str:
    """The kind of garbage that this cell's client sends: another one for each handler."""
    kinds = [kind for kind in GARBAGE if "length" not in kind and "endless" not in kind]
    return kinds[list(HANDLERS).index(cell.handler)]


__all__ = [
    "COLUMNS",
    "FAULTS",
    "HANDLERS",
    "SENDERS",
    "SERVERS",
    "SHIPPED",
    "Cell",
    "cells",
    "garbage_for",
]
