"""Every limit on every server, as a real client sees it: the documented status or close code.

=====================  ===========  ======================
limit                  documented   on daphne instead
=====================  ===========  ======================
a handshake's refusal  421 403 429  403 without a reason: it cannot answer with a response
                       503
message size           1009         3501: it sends 1000 and 3000 to 4999 only
other closes           3xxx         the same code, without a reason
=====================  ===========  ======================

Granian closes the socket right behind its close frame. A client that still sends then is answered
with a reset, and most clients read no further than that: they see 1006.
"""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from holdfast.testing import until
from tests.support.http import get_json
from tests.support.servers import KINDS, Servers

pytestmark = pytest.mark.servers

CASES: dict[str, tuple[int, str]] = {
    "foreign origin": (403, "Origin http://evil.net is not allowed"),
    "unknown host": (421, "this server does not answer to 127.0.0.1"),
    "rebound name": (421, "this server does not answer to evil.net"),
    "slow dependency": (503, "the handshake took too long"),
    "in all": (503, "too many connections"),
    "of an address": (429, "too many connections from this address"),
    "of an address, forwarded": (429, "too many connections from this address"),
    "of a user": (429, "too many connections of this user"),
    "of a user, by first message": (3504, "too many connections of this user"),
    "message": (1009, "a message of 1001 bytes, the limit is 1000"),
    "message in fragments": (1009, "a message of 1001 bytes, the limit is 1000"),
    "flood": (3013, "more than 20 messages a second"),
    "flood that goes on": (3013, "more than 20 messages a second"),
    "channels": (3505, "the connection is in 2 channels, and Limits(channels=...) allows no more"),
    "no first message": (3502, "no message within 0.5 s"),
}


class Client:
    """Connects from an address of its own, so that the cases do not count against each other."""

    def __init__(self, port: int, address: str) -> None:
        self._port = port
        self._address = address

    async def connect(self, path: str, host: str = "127.0.0.1", **options: Any) -> ClientConnection:
        return await connect(
            f"ws://{host}{path}",
            host="127.0.0.1",
            port=self._port,
            local_addr=(self._address, 0),
            close_timeout=60,  # so that it is the server that ends the socket
            **options,
        )

    async def outcome(self, path: str, *sends: Any, **options: Any) -> tuple[int, str]:
        """Status and body of a refusal, or close code and reason."""
        try:
            websocket = await self.connect(path, **options)
        except InvalidStatus as refused:
            return refused.response.status_code, bytes(refused.response.body).decode()
        reading = asyncio.create_task(drain(websocket))
        with suppress(ConnectionClosed):
            for message in sends:
                await websocket.send(message)
        return await self._ended(websocket, reading)

    async def flooding(self, path: str, count: int) -> tuple[int, str]:
        """The outcome of so many messages in one segment: nothing is on its way at the close."""
        websocket = await self.connect(path)
        reading = asyncio.create_task(drain(websocket))
        for _ in range(count):
            websocket.protocol.send_text(b"x")
        websocket.transport.write(b"".join(websocket.protocol.data_to_send()))
        return await self._ended(websocket, reading)

    async def _ended(
        self, websocket: ClientConnection, reading: asyncio.Task[None]
    ) -> tuple[int, str]:
        async with asyncio.timeout(30):  # until the socket is closed, which it is by the server
            await reading
            await websocket.wait_closed()
        return websocket.close_code or 0, websocket.close_reason or ""

    async def after(self, count: int, path: str, *sends: Any, **options: Any) -> tuple[int, str]:
        """The outcome of one more, while ``count`` others are connected and have sent the same."""
        others = [await self.connect(path, **options) for _ in range(count)]
        for other in others:
            for message in sends:
                await other.send(message)
                await other.send(message)
                await other.recv()  # the first was a token
        found = await self.outcome(path, *sends, **options)
        for other in others:
            await other.close()
        return found


async def drain(websocket: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        async for _ in websocket:
            pass


async def all_cases(port: int) -> dict[str, tuple[int, str]]:
    clients = (Client(port, f"127.0.0.{number}") for number in range(2, 100))
    forwarded = {"additional_headers": {"x-forwarded-for": "203.0.113.9"}}
    cases = {
        "foreign origin": next(clients).outcome("/echo", origin="http://evil.net"),
        "unknown host": next(clients).outcome("/named"),
        "rebound name": next(clients).outcome("/echo", host="evil.net", origin="http://evil.net"),
        "slow dependency": next(clients).outcome("/slow"),
        "in all": next(clients).after(1, "/one"),
        "of an address": next(clients).after(2, "/echo"),
        "of an address, forwarded": Client(port, "127.0.0.1").after(1, "/proxied", **forwarded),
        "of a user": next(clients).after(1, "/user?name=ann"),
        "of a user, by first message": next(clients).after(1, "/token", "ben"),
        "message": next(clients).outcome("/echo", "x" * 1001),
        "message in fragments": next(clients).outcome("/echo", ["x" * 500, "x" * 501]),
        "flood": next(clients).flooding("/echo", 500),
        "flood that goes on": next(clients).outcome("/echo", *["x"] * 500),
        "channels": next(clients).outcome("/join", "a", "b", "c"),
        "no first message": next(clients).outcome("/shy"),
    }
    found = await asyncio.gather(*cases.values())
    return dict(zip(cases, found, strict=True))


def expected(kind: str, status: int, reason: str) -> tuple[int, str]:
    if kind == "holdfast" and status == 1009:  # refused before it was read, and counted
        return status, "message too big"
    if kind != "daphne":
        return status, reason
    return (403 if status < 1000 else 3501 if status == 1009 else status), ""


@pytest.mark.parametrize("kind", KINDS)
async def test_each_limit_is_told_as_documented(servers: Servers, kind: str) -> None:
    server = servers(kind, "tests.servers.limit_app:app")
    found = await all_cases(server.port)
    for case, documented in CASES.items():
        status, reason = expected(kind, *documented)
        if kind == "granian" and case == "flood that goes on" and found[case][0] == 1006:
            continue
        assert found[case][0] == status, (case, found[case])
        assert reason in found[case][1], (case, found[case])

    async def nothing_is_counted() -> bool:
        return bool((await get_json(server.port, "/state"))["counted"] == 0)

    await until(nothing_is_counted)
