"""HTTP on a connection that stays: to one worker, for as long as that lives."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import msgspec

from holdfast.testing import until

LOST = (OSError, EOFError, TimeoutError)  # what ``ask`` raises where the worker is gone


class Answer(NamedTuple):
    """Status and JSON of a response."""

    status: int
    json: Any


class Wire:
    """A connection to one of the workers; ``pid`` says which."""

    def __init__(self, port: int) -> None:
        self.pid = 0
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self) -> int:
        """Connect, again if need be; returns the worker's pid."""
        self.close()
        self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 26)
        self.pid = (await self.ask("GET", "/worker")).json["pid"]
        return self.pid

    async def ask(self, method: str, path: str, data: Any = None, timeout: float = 20) -> Answer:
        """One request and its response. Raises one of ``LOST``, and is closed then."""
        assert self._streams is not None, "it is not open"
        reader, writer = self._streams
        body = b"" if data is None else msgspec.json.encode(data)
        head = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
        if body:
            head.append("Content-Type: application/json")
        try:
            async with asyncio.timeout(timeout):
                writer.write("\r\n".join([*head, "", ""]).encode() + body)
                return await self._read(reader)
        except LOST:
            self.close()
            raise

    async def _read(self, reader: asyncio.StreamReader) -> Answer:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        lengths = [line for line in lines if line.lower().startswith("content-length:")]
        body = await reader.readexactly(int(lengths[0].partition(":")[2])) if lengths else b""
        status = int(lines[0].split()[1])
        if status >= 500 and b"application/json" not in "\n".join(lines).encode():
            raise OSError(f"{lines[0]}: {body.decode()}")  # the worker's log has the traceback
        return Answer(status, msgspec.json.decode(body) if body else None)

    def close(self) -> None:
        """Hang up, without waiting."""
        if self._streams is not None:
            self._streams[1].transport.abort()
        self._streams, self.pid = None, 0


async def one_each(port: int, workers: int, timeout: float = 30.0) -> dict[int, Wire]:
    """A wire to each worker, by its pid."""
    found: dict[int, Wire] = {}

    async def one_more() -> bool:
        wire = Wire(port)
        try:
            pid = await wire.open()
        except LOST:
            return False
        if found.setdefault(pid, wire) is not wire:
            wire.close()
        return len(found) == workers

    try:
        await until(one_more, timeout, f"an answer from each of {workers} workers")
    except BaseException:
        for wire in found.values():
            wire.close()
        raise
    return found
