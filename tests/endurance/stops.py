"""SIGTERM to a server that many clients are connected to, with stuck and busy handlers."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from typing import NamedTuple

import msgspec

from holdfast import Deadlines
from holdfast.testing import Peer, until
from tests.endurance.counts import CLEANED
from tests.support.http import get_json
from tests.support.servers import Server

# Of 20 connections: two are stuck, the others read.
HANDLERS = ("idles", "receives", "listens/{}", "works", "cleans") * 3
HANDLERS = (*HANDLERS, "idles", "listens/{}", "works", "floods", "floods")
COLUMNS = ("own", "plain")
AT_ONCE = 50  # handshakes
READY = 25.0  # seconds for all of them, and for the stuck to be stuck
MOST = 1000  # connections
LATEST = 45.0  # seconds after which we no longer wait


class Stop(msgspec.Struct):
    """How a server stopped."""

    server: str
    connections: int
    seconds: float | None
    """From SIGTERM to the end of its process; None if it did not end."""
    told: dict[str, int]
    """How many of those that read got which close code, by column; "none" without one."""
    told_after: float
    """Seconds until the last of them was over."""
    stuck: int
    reset: int
    """How many of the stuck were reset; the others end with the process."""
    cleans: int
    """Handlers with a slow clean-up, and in ``cleaned`` those that came to its end."""
    cleaned: int


class Guest(Peer):
    """A client that knows what it was there for."""

    column = ""
    handler = ""
    stuck = False


async def crowd(server: Server, count: int) -> list[Guest]:
    """Connect so many, of each kind its share, and wait until all handlers are where they go."""
    kinds = sorted(islice(kinds_in_turn(), count), key=is_stuck)  # those last, or they are aborted
    guests: list[Guest] = []
    for start in range(0, count, AT_ONCE):
        arriving = [arrive(server, *kind) for kind in kinds[start : start + AT_ONCE]]
        guests += await asyncio.gather(*arriving)
    stuck = sum(guest.stuck for guest in guests)

    async def ready() -> bool:
        now = await get_json(server.port, "/state")
        running = sum(now["running"].values())
        return bool(running == count and now["stuck"] >= stuck)

    await until(ready, READY, f"{server.kind}: {count} handlers run, {stuck} are stuck")
    return guests


def kinds_in_turn() -> Iterator[tuple[str, str]]:
    for handler in cycle(HANDLERS):
        for column in COLUMNS:
            yield column, handler


def is_stuck(kind: tuple[str, str]) -> bool:
    return kind[1] == "floods"


async def arrive(server: Server, column: str, handler: str) -> Guest:
    path = f"/{column}/{handler.format(7)}"
    stuck = is_stuck((column, handler))
    guest = await Guest.connect(server.port, path, receive_buffer=4096 if stuck else 0)
    guest.column, guest.handler, guest.stuck = column, handler, stuck
    if stuck:
        guest.stall()
    if handler == "works":
        guest.send_text("begin")
    return guest


async def stop(name: str, server: Server, count: int) -> Stop:
    """Let them come, stop the server, and see how all of it ends."""
    guests = await crowd(server, count)
    readers = [guest for guest in guests if not guest.stuck]
    stuck = [guest for guest in guests if guest.stuck]
    start = time.monotonic()
    server.terminate()
    telling = asyncio.create_task(all_ended(readers, start))
    try:
        seconds = await until(lambda: server.process.poll() is not None, LATEST)
    except TimeoutError:
        seconds = None
    for guest in stuck:
        guest.resume()  # to see what is behind it: a reset, or what the kernel still had
    await all_ended(stuck, start)
    told_after = await telling
    for guest in guests:
        guest.transport.abort()
    return Stop(
        name,
        count,
        seconds and round(seconds, 1),
        told(readers),
        round(told_after, 1),
        len(stuck),
        sum(isinstance(guest.error, ConnectionError) for guest in stuck),
        sum(guest.handler == "cleans" for guest in guests),
        server.text.count(CLEANED),
    )


async def all_ended(guests: list[Guest], start: float) -> float:
    """Seconds until the last of them was over."""
    await asyncio.gather(*(guest.end(LATEST) for guest in guests))
    return time.monotonic() - start


def told(readers: list[Guest]) -> dict[str, int]:
    return dict(Counter(f"{guest.column} {guest.code or 'none'}" for guest in readers))


# -- what is promised ------------------------------------------------------------------------------

STOCK = Deadlines()


class Promise(NamedTuple):
    """What holds of a server."""

    connections: int
    seconds: float
    """Until its process has ended."""
    told: set[str]
    """The close codes of those that read."""
    cleans: bool = True
    """Whether every clean-up comes to its end."""
    resets: bool = True
    """Whether every stuck client is reset; else its connection ends with the process."""


WITHOUT_LIMIT = STOCK.grace + STOCK.cleanup_timeout + STOCK.close_timeout
HYPERCORN = 3.0  # seconds, its --graceful-timeout

PROMISES = {
    "holdfast": Promise(MOST, WITHOUT_LIMIT, {"own 1012", "plain 1012"}),
    "holdfast#graceful": Promise(120, 10.0, {"own 1012", "plain 1012"}),
    "uvicorn-sansio": Promise(120, WITHOUT_LIMIT, {"own 1012", "plain 1012"}),
    "uvicorn-wsproto": Promise(120, WITHOUT_LIMIT, {"own 1012", "plain 1012"}),
    "uvicorn-sansio#graceful": Promise(120, 10.0, {"own 1012", "plain 1012"}),
    "uvicorn-wsproto#graceful": Promise(120, 10.0, {"own 1012", "plain 1012"}),
    # Serves its clients during the graceful timeout, and tells them at its end.
    "hypercorn": Promise(
        120,
        HYPERCORN + STOCK.close_timeout + STOCK.cleanup_timeout,
        {"own 3001", "plain 1012"},
    ),
    # Its Rust side drops every connection before any Python runs, and then ends the process.
    "granian": Promise(120, 5.0, {"own none", "plain none"}, cleans=False, resets=False),
    # Cancels all handlers, and ends with the first of them that is over: who is not closed until
    # then gets no close frame, and clean-ups that await are cut short. It takes what closing takes.
    "daphne": Promise(
        120,
        15.0,
        {"own 3001", "plain 3001", "own none", "plain none"},
        cleans=False,
        resets=False,
    ),
}
GRACEFUL = ("--timeout-graceful-shutdown", "10")
OPTIONS = {name: GRACEFUL if name.endswith("#graceful") else () for name in PROMISES}


def complaints(found: Stop) -> list[str]:
    promise = PROMISES[found.server]
    said = []
    if found.seconds is None or found.seconds > promise.seconds:
        said.append("it did not stop in time")
    if not set(found.told) <= promise.told:
        said.append("a reader was told something else than to come back")
    if promise.cleans and found.cleaned < found.cleans:
        said.append("a clean-up was cut short")
    if promise.resets and found.reset < found.stuck:
        said.append("a stuck client was not reset")
    return [f"{found}: {one}" for one in said]
