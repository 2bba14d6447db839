"""Thousands of connections that do nothing, and the server's pings: what that costs."""

from __future__ import annotations

import asyncio
import json
import math
import os
import resource
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from holdfast.testing import until
from tests.endurance.counts import resident
from tests.support.http import get_json
from tests.support.servers import ROOT, Server

PINGS = ("--ws-ping-interval", "25", "--ws-ping-timeout", "10")
QUIET = (*PINGS, "--log-level", "warning", "--backlog", "4096")
EACH = 5_000  # clients of one process, with an address of their own: one has 28,000 ports
SPARE = 500  # descriptors that a process needs for anything else
SAMPLE = 10.0  # seconds between two looks at the server
FILLED = 300.0  # seconds for all to connect, on a busy machine
REST = 30.0
BOUND = 5.0  # per cent of a core that our server may take; the other is there to compare

# Whose endpoint is asked for, and on which server: by default all at once, for they only wait.
SETUPS = (("holdfast", "own"), ("holdfast", "plain"), ("uvicorn-sansio", "plain"))
OURS = "holdfast"
FILLING = asyncio.Lock()  # one server after the other: else handshakes wait for each other


class Idle(msgspec.Struct):
    """What so many connections cost while nothing happened."""

    server: str
    path: str
    connections: int
    minutes: float
    bytes: int
    """Of resident memory that one of them took."""
    seconds: list[float] = []
    """Of processor time, from one sample to the next."""
    pings: int = 0
    """That the clients answered."""
    open: int = 0
    """How many were open at the end."""
    left: dict[str, int] = {}
    """What was left once all were gone, and how much more of it there was."""

    @property
    def load(self) -> float:
        """Per cent of a core, over all of the time."""
        return 100 * sum(self.seconds) / (60 * self.minutes)

    @property
    def highest(self) -> float:
        """The same in the worst sample."""
        return 100 * max(self.seconds, default=0.0) / SAMPLE


async def idle(
    server: Server,
    path: str,
    connections: int,
    minutes: float,
    progress: Callable[[str], Any] = lambda line: None,
) -> Idle:
    """Fill the server, do nothing, and look how busy it is with that."""
    before = await get_json(server.port, "/state")
    async with AsyncExitStack() as stack:
        crowds: list[dict[str, int]] = []
        async with FILLING:
            for number, count in enumerate(shares(connections)):
                one = await stack.enter_async_context(crowd(server.port, f"/{path}", count, number))
                crowds.append(one)
            await until(lambda: total(crowds, "came") >= connections or gone(crowds), FILLED)
        if gone(crowds):
            raise RuntimeError(f"{server.kind} {path}: a process of clients ended before its work")
        await asyncio.sleep(SAMPLE)  # pacing: what connecting cost is no part of it
        taken = resident(server.process.pid) - before["resident"]
        found = Idle(server.kind, path, connections, minutes, taken // connections)
        asked = total(crowds, "pings")
        await watch(server, found, progress)
        found.pings, found.open = total(crowds, "pings") - asked, total(crowds, "open")
    found.left = await left(server, before)
    return found


async def watch(server: Server, found: Idle, progress: Callable[[str], Any]) -> None:
    """Sample the processor time until the minutes are over."""
    start = time.monotonic()
    used = cpu(server.process.pid)
    for number in range(1, math.ceil(found.minutes * 60 / SAMPLE) + 1):
        due = min(number * SAMPLE, found.minutes * 60)
        await asyncio.sleep(start + due - time.monotonic())  # pacing
        last, used = used, cpu(server.process.pid)
        found.seconds.append(round(used - last, 2))
        progress(
            f"{due:.0f} of {found.minutes * 60:.0f} s, {found.seconds[-1] * 100 / SAMPLE:.1f} %"
        )


async def left(server: Server, before: dict[str, int]) -> dict[str, int]:
    """What is there beside what was there, once everybody is gone."""

    async def more() -> dict[str, int]:
        now = await get_json(server.port, "/state")
        return {
            name: now[name] - before[name]
            for name in ("connections", "tasks", "descriptors")
            if now[name] > before[name]
        }

    async def nothing() -> bool:
        return not await more()

    with suppress(AssertionError):
        await until(nothing, REST)
    return await more()


def cpu(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# -- the clients -----------------------------------------------------------------------------------


def shares(connections: int) -> list[int]:
    """How many each process of clients has."""
    count = math.ceil(connections / EACH)
    return [connections // count + (number < connections % count) for number in range(count)]


def gone(crowds: list[dict[str, int]]) -> bool:
    return any("code" in one for one in crowds)


def total(crowds: list[dict[str, int]], what: str) -> int:
    return sum(one[what] for one in crowds)


@asynccontextmanager
async def crowd(port: int, path: str, count: int, number: int) -> AsyncIterator[dict[str, int]]:
    """A process of clients; what it said last of itself."""
    source = f"127.0.0.{2 + number}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.endurance.crowd", str(port), path, str(count), source),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"},
        stdin=PIPE,
        stdout=PIPE,
    )
    state = {"came": 0, "open": 0, "pings": 0}
    reading = asyncio.create_task(read(process, state))
    try:
        yield state
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        await reading


async def read(process: Process, state: dict[str, int]) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        state.update(json.loads(line))
    state["code"] = await process.wait()


def allow(connections: int) -> str:
    """Raise the limit of open files for this process and its children; else what must be done."""
    wanted = connections + SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= wanted or soft == resource.RLIM_INFINITY:
        return ""
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))
    except (ValueError, OSError):  # only root may raise the hard one
        return (
            f"The server needs {wanted:,} open files, and {hard:,} are allowed: run "
            f"`ulimit -n {wanted}` first, as root or after raising nofile in limits.conf."
        )
    return ""


def complaints(found: Idle) -> list[str]:
    """What is wrong."""
    said = []
    if found.open < found.connections:
        said.append(f"{found.connections - found.open} connections were lost")
    if found.pings < found.connections * (60 * found.minutes // 25 - 1):
        said.append(f"only {found.pings} pings were answered")
    if found.server == OURS and found.load > BOUND:
        said.append(f"{found.load:.1f} % of a core, the bound is {BOUND:g} %")
    if found.left:
        said.append(f"left: {found.left}")
    return [f"{found.server} {found.path}: {one}" for one in said]
