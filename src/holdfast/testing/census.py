"""What there is at one moment that a test could leave behind."""

import asyncio
import os
import socket
import stat
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from holdfast import Connection, Holdfast, StreamInfo
from holdfast.asgi.holdfast import EVERY
from holdfast.backplane.keeper import Keeper
from holdfast.sockets.kernel import descriptors, duplicate
from holdfast.testing.lines import OPEN, Line
from holdfast.testing.makers import drives_the_loop, maker_of
from holdfast.testing.stacks import describe, lines

LOOPS: set[asyncio.AbstractEventLoop] = set()  # of servers in threads, whose tasks count too

# A keeper is one task as long as it lives. Each time that it connects it makes others, and sockets:
# none is listed beside it, so that one of before may connect again, and a new one is one leak.
KEEPER = "holdfast keeper"

# The states of RFC 9293 section 3.3.2, as Linux numbers them.
STATES = {
    1: "ESTABLISHED",
    2: "SYN-SENT",
    3: "SYN-RECEIVED",
    4: "FIN-WAIT-1",
    5: "FIN-WAIT-2",
    6: "TIME-WAIT",
    7: "CLOSED",
    8: "CLOSE-WAIT: the other end has closed it, this one has not",
    9: "LAST-ACK",
    10: "LISTEN",
    11: "CLOSING",
}


class Leak(NamedTuple):
    """One thing that is left."""

    names: tuple[str, ...]
    """What ``allow`` may call it."""
    text: str
    """What a report says of it."""


Census = dict[tuple[Any, ...], Callable[[], Leak]]
"""Each thing that is there, and how to tell of it."""


def of_holdfast(every: Iterable[Holdfast] = ()) -> Census:
    """Connections, subscriptions, and streams that run for nobody; of all unless told of which."""
    found: Census = {}
    for hf in list(every) or list(EVERY):
        for conn in hf.connections:
            found["connection", conn.id] = partial(_connection, conn)
            for channel in list(conn.subscriptions):
                key = ("subscription", conn.id, channel)
                found[key] = partial(_subscription, conn, channel)
        for info in hf.streams:
            if not info.viewers and info.state != "ended":
                key = ("stream", info.path, repr(info.parameters))
                found[key] = partial(_stream, info)
    return found


def of_process(every: Iterable[Holdfast] = ()) -> Census:
    """All of that, and tasks, sockets and peers."""
    peers = {line.sock.fileno(): line for line in list(OPEN)}
    keepers = dict(_keepers())
    listed = {*peers, *(fd for keeper in keepers.values() for fd in _sockets_of(keeper))}
    found = of_holdfast(every)
    found |= {("peer", line): partial(_peer, line) for line in peers.values()}
    found |= {("task", task): partial(_task, task) for task in [*_tasks(), *keepers]}
    found |= {
        ("socket", fd, inode): partial(_socket, fd) for fd, inode in _sockets() if fd not in listed
    }
    return found


def difference(now: Census, before: Census) -> list[Leak]:
    """What there is now and was not before; a new connection speaks for its subscriptions."""
    new = [key for key in now if key not in before and key != ("task", _current())]
    told = {id for kind, id, *_ in new if kind == "connection"}
    return [now[key]() for key in new if key[0] != "subscription" or key[1] not in told]


def _tasks() -> Iterator["asyncio.Task[Any]"]:
    for loop in _loops():
        for task in asyncio.all_tasks(loop):
            if not drives_the_loop(task) and not task.get_name().startswith(f"{KEEPER}:"):
                yield task


def _loops() -> set[asyncio.AbstractEventLoop]:
    with suppress(RuntimeError):
        return LOOPS | {asyncio.get_running_loop()}
    return set(LOOPS)


def _keepers() -> Iterator[tuple["asyncio.Task[Any]", Keeper]]:
    """Those that run, by their task: on these loops, and on any other that a Holdfast uses."""
    used = {runtime.loop for hf in list(EVERY) for runtime in hf._runtimes.live()}
    for loop in used | _loops():
        for task in asyncio.all_tasks(loop):
            frame = getattr(task.get_coro(), "cr_frame", None)
            if frame is not None and task.get_name() == KEEPER:
                keeper = frame.f_locals.get("self")
                if isinstance(keeper, Keeper):
                    yield task, keeper


def _sockets_of(keeper: Keeper) -> Iterator[int]:
    """Exactly its own: another client of the same broker may be a leak. redis-py has no name for
    them."""
    for connection in vars(keeper._driver).values():
        writer = getattr(connection, "_writer", None)
        sock = writer.get_extra_info("socket") if writer is not None else None
        if sock is not None:
            yield sock.fileno()


def _current() -> "asyncio.Task[Any] | None":
    """The task that asks."""
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


def _sockets() -> Iterator[tuple[int, int]]:
    for fd in descriptors():
        with suppress(OSError):
            status = os.fstat(fd)
            if stat.S_ISSOCK(status.st_mode):
                yield fd, status.st_ino


# -- what is said of them --------------------------------------------------------------------------


def _connection(conn: Connection[Any]) -> Leak:
    path = conn.http.scope["path"]
    user = "" if conn.user is None else f", user {conn.user!r}"
    channels = ", ".join(conn.subscriptions) or "none"
    age = time.monotonic() - conn.since
    text = f"connection of {path}{user}, open for {age:.1f} s\n  {'channels':<10} {channels}"
    return Leak((path, conn.id), text)


def _subscription(conn: Connection[Any], channel: str) -> Leak:
    path = conn.http.scope["path"]
    return Leak((channel, path), f"subscription of {path} to {channel}, on a connection of before")


def _stream(info: StreamInfo) -> Leak:
    text = f"stream {info.path} {info.parameters or ''}".rstrip()
    return Leak((info.path,), f"{text}: {info.state} without viewers; lingers it?")


def _peer(line: Line) -> Leak:
    text = f"{line!r}: the test has not ended it, and what is listed here may wait for it"
    return Leak((line.path,), text)


def _task(task: "asyncio.Task[Any]") -> Leak:
    maker = maker_of(task)
    text = "\n".join([describe(task), *lines("made at", [maker] if maker else [])])
    return Leak((task.get_name(), getattr(task.get_coro(), "__qualname__", "")), text)


def _socket(fd: int) -> Leak:
    with suppress(OSError), duplicate(fd) as sock:
        own, other = _name(sock.getsockname), _name(sock.getpeername)
        text = f"socket {fd}: {own} to {other or 'nobody'}{_state(sock)}"
        return Leak((own, other), text)
    return Leak((), f"socket {fd}, closed meanwhile")


def _name(ask: Callable[[], Any]) -> str:
    try:
        address = ask()
    except OSError:
        return ""
    if isinstance(address, tuple):
        host, port = address[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return str(address) or "unnamed"


def _state(sock: socket.socket) -> str:
    with suppress(OSError, AttributeError):
        if sock.family in (socket.AF_INET, socket.AF_INET6) and sock.type == socket.SOCK_STREAM:
            (number,) = struct.unpack("B", sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1))
            return f", {STATES.get(number, number)}"
    return ""
