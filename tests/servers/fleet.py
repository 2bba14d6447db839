"""``holdfast run`` with several workers, and clients that know which of them they are on."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil

from holdfast.testing import Peer, until_sync
from tests.support.servers import ROOT, free_port

HOLDFAST = str(Path(sys.executable).with_name("holdfast"))
SEP = "\n\n"


class Fleet:
    """Workers that serve ``tests.servers.redis_app``; all of them do when it is made."""

    def __init__(self, folder: Path, url: str, count: int = 4) -> None:
        self.count = count
        self.port = free_port()
        self.log = folder / "fleet.log"
        app = ("tests.servers.redis_app:app", "--workers", str(count), "--port", str(self.port))
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [HOLDFAST, "run", *app, "--no-access-log"],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), "HOLDFAST_TEST_REDIS": url},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self.wait_until_complete()
        except BaseException:
            self.close()
            raise

    @property
    def text(self) -> str:
        """Its log so far."""
        return self.log.read_text(errors="replace")

    @property
    def pids(self) -> list[int]:
        """Of the workers."""
        return [
            one.pid
            for one in psutil.Process(self.process.pid).children()
            if one.status() != psutil.STATUS_ZOMBIE and "spawn_main" in " ".join(one.cmdline())
        ]

    def wait_until_complete(self, starts: int = 0) -> None:
        """Until so many workers (else one each) have started, since it was made."""

        def complete() -> bool:
            assert self.process.poll() is None, self.text
            return self.text.count("Application startup complete") >= (starts or self.count)

        until_sync(complete, 40, "the workers start")

    async def on(self, pid: int, path: str, **options: Any) -> Peer:
        """A WebSocket on that worker: who is given another is sent away and comes again."""
        return await self.where(lambda found: found == pid, path, **options)

    async def elsewhere(self, pid: int | None, path: str, **options: Any) -> Peer:
        """The same on any other."""
        return await self.where(lambda found: found != pid, path, **options)

    async def where(self, wanted: Callable[[int], bool], path: str, **options: Any) -> Peer:
        for size in (1, 4, *[8] * 30):  # one by one, they would all go to the one who is awake
            dials = [Peer.connect(self.port, path, **options) for _ in range(size)]
            results = await asyncio.gather(*dials, return_exceptions=True)
            peers = [peer for peer in results if isinstance(peer, Peer)]
            chosen = next((peer for peer in peers if wanted(worker_of(peer))), None)
            for peer in peers:
                if peer is not chosen:
                    peer.transport.abort()
                    await peer.end()
            if chosen is not None:
                return chosen
        raise AssertionError(f"no connection came to the worker: {results[-1]!r}")

    def close(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


def worker_of(peer: Peer) -> int:
    assert peer.answer is not None
    return int(peer.answer.headers["x-worker"])


class EventSource:
    """A browser's reader of server-sent events, as far as this needs one."""

    def __init__(self, reader: asyncio.StreamReader, head: str) -> None:
        self.worker = int(head.partition("\r\nx-worker: ")[2].partition("\r\n")[0])
        self._reader = reader
        self._text = ""

    async def event(self, timeout: float = 10) -> dict[str, str]:
        """The next one's fields; comments are left out."""
        while True:
            while SEP not in self._text:
                async with asyncio.timeout(timeout):
                    size = int(await self._reader.readline(), 16)
                    self._text += (await self._reader.readexactly(size + 2))[:-2].decode()
            block, self._text = self._text.split(SEP, 1)
            pairs = [line.partition(": ") for line in block.split("\n") if line[0] != ":"]
            if pairs:
                return {name: value for name, _, value in pairs}


@asynccontextmanager
async def event_source(port: int, path: str, last: str = "") -> AsyncIterator[EventSource]:
    """Ask for events, after the one with the id ``last``."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        resumed = f"Last-Event-ID: {last}\r\n" if last else ""
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\n"
        writer.write(f"{head}{resumed}\r\n".encode())
        async with asyncio.timeout(10):
            answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200"), answer
        yield EventSource(reader, answer.decode())
    finally:
        writer.transport.abort()


def position(envelope: dict[str, Any]) -> str:
    """Where a publication stands, as ``?since=`` takes it."""
    tag = f"-{envelope['tag']}" if envelope.get("tag") else ""
    return f"{envelope['epoch']}-{envelope['offset']}{tag}"


def offset_of(position: str) -> int:
    return int(position.split("-")[1])


async def envelope_of(peer: Peer) -> dict[str, Any]:
    """The next publication; a notice of ours fails the test."""
    message = json.loads(await peer.receive())
    assert "offset" in message, message
    return message  # type: ignore[no-any-return]
