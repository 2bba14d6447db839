"""Plain HTTP over a socket: one request a connection, and server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """Status, headers (names in lower case) and body of an HTTP response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def request(
    method: str,
    port: int,
    path: str,
    data: Any = None,
    headers: Mapping[str, str] = {},
    timeout: float = 60,
) -> Answer:
    """Send one request, and read the response to its end."""
    async with asyncio.timeout(timeout), _asked(method, port, path, data, headers) as reader:
        status, found = await _head(reader)
        return Answer(status, found, b"".join([chunk async for chunk in _body(reader, found)]))


async def get_json(port: int, path: str) -> Any:
    answer = await request("GET", port, path)
    assert answer.status == 200, answer
    return answer.json


async def post(port: int, path: str, data: Any = None) -> Any:
    """POST JSON; the response's JSON, or None where it has no body."""
    answer = await request("POST", port, path, data)
    assert answer.status < 300, answer
    return answer.json if answer.body else None


class Event(NamedTuple):
    """A server-sent event."""

    data: str
    id: str
    name: str


@asynccontextmanager
async def events(
    port: int, path: str, headers: Mapping[str, str] = {}
) -> AsyncIterator[AsyncIterator[Event]]:
    """Ask a path for events, as ``curl -N -H 'Accept: text/event-stream'`` does."""
    asked = {"Accept": "text/event-stream", **headers}
    async with _asked("GET", port, path, None, asked) as reader:
        async with asyncio.timeout(10):
            status, found = await _head(reader)
        assert status == 200
        assert found["content-type"].startswith("text/event-stream")
        yield _events(_body(reader, found))


async def _events(chunks: AsyncIterator[bytes]) -> AsyncIterator[Event]:
    text = ""
    async for chunk in chunks:
        text += chunk.decode()
        while "\n\n" in text:
            block, text = text.split("\n\n", 1)
            fields: dict[str, list[str]] = {}
            for line in block.split("\n"):
                name, _, value = line.partition(": ")
                fields.setdefault(name, []).append(value)
            data, id_, name = (fields.get(key, []) for key in ("data", "id", "event"))
            if data:  # what else there is are comments
                yield Event("\n".join(data), "".join(id_), "".join(name))


@asynccontextmanager
async def _asked(
    method: str, port: int, path: str, data: Any, headers: Mapping[str, str]
) -> AsyncIterator[asyncio.StreamReader]:
    body = b"" if data is None else json.dumps(data).encode()
    lines = {
        "Host": f"127.0.0.1:{port}",
        "Connection": "close",
        "Content-Length": str(len(body)),
        "Content-Type": "application/json",
        **headers,
    }
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(head.encode() + b"\r\n" + body)
        yield reader
    finally:
        writer.transport.abort()


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    pairs = (line.split(":", 1) for line in lines)
    return int(first.split()[1]), {name.lower(): value.strip() for name, value in pairs}


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> AsyncIterator[bytes]:
    if headers.get("transfer-encoding", "") == "chunked":
        while size := int(await reader.readline(), 16):
            yield (await reader.readexactly(size + 2))[:-2]
    elif "content-length" in headers:
        yield await reader.readexactly(int(headers["content-length"]))
    else:
        while chunk := await reader.read(65536):
            yield chunk
