"""What is promised of each cell, and what a server makes impossible.

Whatever is impossible is played like every other cell, and must be as it is named here: if a server
learns to do it, the cell fails until its line is gone.
"""

from __future__ import annotations

from typing import NamedTuple

from holdfast.errors import CloseCode
from holdfast.testing import GARBAGE
from tests.faults.cells import SHIPPED, Cell, garbage_for
from tests.faults.clients import CODE, WAIT
from tests.faults.drive import Outcome
from tests.faults.setups import DEADLINES, SETUPS, SOON

LOOPBACK = 1.6  # times send_timeout that a steady reader on loopback may be silent, see watch.py
FILLED = 2.0  # seconds until every buffer is full and the client has taken its last byte
CLEANED = 0.3  # seconds that the clean-up with awaits takes
SLACK = 3.0  # for the two busy cores, and the looks at the server
PATIENCE = 70.0  # seconds for a half-open connection where nothing is shortened
CONTROL = 15.0  # seconds that the column without us is given; daphne cancels after 10
AFTER_GRACE = {"waits", "busy", "cleans", "gathers"}  # handlers that do not end by themselves


class Bound(NamedTuple):
    """Until when everything is over, and what sees to that."""

    seconds: float
    by: str


class Instead(NamedTuple):
    """What holds where a server makes the rule impossible."""

    reason: str
    by: str = ""
    """What bounds it instead."""
    seconds: float = 0.0
    """How much later that is."""
    codes: frozenset[int] = frozenset()
    """What ``on_disconnect`` is told instead."""


def codes(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


NO_CODE = "does not say with which code the client closed"
NO_WORD = "does not say what was wrong with a frame"
NO_FRAME = "says 1005 where no close frame came, which RFC 6455 calls 1006"
NO_PONG = "sends pings if it is told to, and never looks for the pong"
NO_PING = "has no pings"
HANDSHAKE = "waits 10 s for a client's close frame before it lets go of the socket"
OURS = "Holdfast's `keepalive`, or `blind_timeout` where something is unacknowledged"

OWN = "holdfast"
UVICORNS = ("uvicorn-sansio", "uvicorn-wsproto")

# (server, fault, handler or "" for all) -> what holds instead.
# There is none of ``holdfast``: on our own server nothing is impossible.
IMPOSSIBLE: dict[tuple[str, str, str], Instead] = {
    **{
        (server, fault, "raises"): Instead(HANDSHAKE, "these 10 s", 10.0, codes(1005, 1006))
        for server in UVICORNS
        for fault in ("half-open", "stall")
    },
    **{
        (server, fault, ""): Instead(NO_FRAME, codes=codes(1005, 1006))
        for server in (*UVICORNS, "granian")
        for fault in ("reset", "fin")
    },
    **{
        ("hypercorn", fault, ""): Instead(NO_CODE, codes=codes(1006))
        for fault in ("close", "tab", "crawl")
    },
    ("hypercorn", "garbage", ""): Instead(NO_WORD, codes=codes(1006)),
    ("granian", "garbage", ""): Instead(NO_WORD, codes=codes(1005)),
    ("daphne", "garbage", ""): Instead(NO_WORD, codes=codes(1006)),
    ("hypercorn", "half-open", ""): Instead(NO_PONG, OURS),
    ("granian", "half-open", ""): Instead(NO_PING, OURS),
}


def instead(cell: Cell) -> Instead | None:
    """What is impossible in this cell, if anything is."""
    server, fault = cell.server, cell.fault
    return IMPOSSIBLE.get((server, fault, cell.handler)) or IMPOSSIBLE.get((server, fault, ""))


def bound(cell: Cell) -> Bound:
    """Until when a cell of a column of ours has to be over."""
    seconds, by = ENDS[cell.fault]
    if cell.fault == "half-open" and (pings := SETUPS[cell.server].pings):
        seconds, by = pings, "the server's pings"
    if cell.handler in AFTER_GRACE:
        seconds += DEADLINES.grace + CLEANED
        by += ", then `grace`"
    if cell.handler == "raises":
        seconds, by = max(seconds, DEADLINES.close_timeout), f"{by}, or `close_timeout`"
    other = instead(cell)
    if other is not None and other.by:
        seconds, by = max(seconds, other.seconds), other.by
    return Bound(seconds, by)


def allowed(cell: Cell) -> float:
    """The same with what a busy machine needs; the column without us is only watched."""
    if cell.column == SHIPPED:
        return PATIENCE
    return CONTROL if cell.column == "plain" else bound(cell).seconds + SLACK


ENDS: dict[str, tuple[float, str]] = {
    "close": (0.0, "its close frame"),
    "tab": (0.0, "its close frame"),
    "reset": (0.0, "its RST"),
    "fin": (0.0, "its FIN"),
    "half-open": (1.25 * SOON.blind_timeout + SOON.keepalive, "`keepalive`, or `blind_timeout`"),
    "stall": (FILLED + DEADLINES.send_timeout * LOOPBACK, "`send_timeout`"),
    "crawl": (0.0, "its close frame, in the end"),
    "garbage": (0.0, "the server, which fails the connection"),
    "handshake": (WAIT, "the accept that fails, or what the server reads then"),
}

# Nothing was said: each server has its own word for that.
NOTHING = {
    OWN: 1006,
    "uvicorn-sansio": 1005,
    "uvicorn-wsproto": 1005,
    "granian": 1005,
    "hypercorn": 1006,
    "daphne": 1006,
}


def right_codes(cell: Cell) -> frozenset[int]:
    """What ``on_disconnect`` may be told."""
    if (other := instead(cell)) and other.codes:
        right = other.codes
    elif cell.fault in ("close", "crawl"):
        right = codes(CODE)
    elif cell.fault == "tab":
        right = codes(1001)
    elif cell.fault == "stall":
        right = codes(CloseCode.SLOW)
    elif cell.fault == "garbage":
        right = frozenset(GARBAGE[garbage_for(cell)].codes)
    else:  # 1006 is also our own word, where a send fails first
        right = codes(NOTHING[cell.server], 1006)
    # Two ends race for it: what the handler raises, and what its client does next.
    if cell.handler == "raises":
        right |= codes(CloseCode.INTERNAL, CloseCode.GAP)  # the latter where news were on their way
    # Where nothing is shortened, what is sent may fill the queue and so be found stuck first.
    return right | codes(CloseCode.SLOW) if cell.column == SHIPPED else right


def complaints(found: Outcome, watch: float) -> list[str]:
    """What is not as promised; nothing if all is well."""
    if found.log:
        return [found.log]
    if found.cell.column == "plain":
        return wrong_plain(found, watch)
    wrong = []
    if found.seconds is None:
        wrong.append(f"left when time was up: {', '.join(found.left)}")
    if not found.cell.fault:  # the process as a whole
        return wrong
    if lost := dropped(found, watch):
        wrong.append(f"a slow but steady reader was {lost}")
    if found.cut_off:
        wrong.append("its clean-up was cut off")
    if found.cell.column in ("own", SHIPPED):
        wrong += wrong_ending(found)
    return wrong


def dropped(found: Outcome, watch: float) -> str:
    """How a slow reader was let go of; empty if it was kept.

    Where the server pings it may be let go of in silence: then its close frame is not answered.
    """
    if found.kept is None:
        return ""
    if found.kept < watch:
        return f"dropped after {found.kept:.0f} s"
    told = [code for code, _ in found.disconnects]
    raises = found.cell.handler == "raises"  # which closes, too
    # The answer itself may be lost: a server that closes with a pong unread sends a RST after it.
    answered = found.code in (CODE, 1000) or CODE in told or raises
    pings = SETUPS[found.cell.server].pings
    return f"dropped, with {found.code or 'no code'}" if pings and not answered else ""


# On our own server a plain endpoint without the guard may leave these: its client's end is told as
# ASGI has it, to who asks, and these handlers do not ask.
UNASKED = {
    "waits": {"handler", "registry entry"},
    "busy": {"handler", "registry entry"},
    "cleans": {"handler", "registry entry"},
    "gathers": {"task Queue.get"},  # which gather leaves behind
}


def wrong_plain(found: Outcome, watch: float) -> list[str]:
    """Without us nothing is promised on a stock server; on our own all that a server can do."""
    if found.cell.server != OWN:
        return wrong_impossible(found)
    too_much = set(found.left) - UNASKED.get(found.cell.handler, set())
    wrong = [f"left without us: {', '.join(sorted(too_much))}"] if too_much else []
    if lost := dropped(found, watch):
        wrong.append(f"a slow but steady reader was {lost}")
    return wrong


def wrong_impossible(found: Outcome) -> list[str]:
    """What a server cannot end must be left."""
    other = instead(found.cell)
    if other and other.by == OURS and found.cell.handler != "raises" and not found.left:
        return [f"it {other.reason}, and yet it ended this: take its line out of bounds.py"]
    return []


def wrong_ending(found: Outcome) -> list[str]:
    told = [code for code, _ in found.disconnects]
    if len(told) != found.began:
        return [f"on_disconnect was called {len(told)} times, for {found.began} handlers"]
    right = right_codes(found.cell)
    if told and told[0] not in right:
        return [f"on_disconnect was told {told[0]}, not {' or '.join(map(str, sorted(right)))}"]
    return []
