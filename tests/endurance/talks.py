"""Handlers that talk while their client's one message waits: what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec

from holdfast.testing import Peer, until
from tests.endurance.counts import TALK
from tests.support.servers import Server

SOON = {
    "holdfast": ("--ws-ping-interval", "1", "--ws-ping-timeout", "1"),
    "uvicorn-sansio": ("--ws-ping-interval", "1", "--ws-ping-timeout", "1"),
    "uvicorn-wsproto": ("--ws-ping-interval", "1", "--ws-ping-timeout", "1"),
    "hypercorn": ("--websocket-ping-interval", "1"),  # it never looks at the pongs
    "granian": (),  # has no pings
    "daphne": ("--ping-interval", "1", "--ping-timeout", "1"),
}
STOCK: dict[str, tuple[str, ...]] = dict.fromkeys(SOON, ())
STOCK["holdfast"] = ("--ws-ping-interval", "25", "--ws-ping-timeout", "10")  # as `holdfast run`
COLUMNS = ("own", "plain", "bare")
READS_ON = {"holdfast", "hypercorn", "granian", "daphne"}  # whatever their handlers do
SLACK = 15.0


class Talk(msgspec.Struct):
    """How one went. ``own``: an endpoint of ours; ``plain``: guarded; ``bare``: neither."""

    server: str
    column: str
    wanted: int
    messages: int
    seconds: float
    code: int | None
    reason: str
    pings: int

    @property
    def killed(self) -> bool:
        return self.messages < self.wanted


async def talks(servers: Mapping[str, Server], seconds: float) -> list[Talk]:
    """Listen to all of them at once, to their ends."""
    listening = [
        listen(name, server, column, seconds)
        for name, server in servers.items()
        for column in COLUMNS
    ]
    return list(await asyncio.gather(*listening))


async def listen(name: str, server: Server, column: str, seconds: float) -> Talk:
    """Send one message, answer every ping, and listen to the last message or the close frame."""
    wanted = round(seconds / TALK)
    start = asyncio.get_running_loop().time()
    client = await Peer.connect(server.port, f"/{column}/talks?count={wanted}")
    client.send_text("a message that the handler never reads")
    if column == "bare" and name in READS_ON:  # a handler without us may not be closed at all
        await until(lambda: client.messages == wanted, seconds + SLACK)
    else:
        await client.end(seconds + SLACK)
    took = asyncio.get_running_loop().time() - start
    client.transport.abort()
    return Talk(
        name,
        column,
        wanted,
        client.messages,
        round(took, 1),
        client.code,
        client.reason,
        client.pings,
    )


def complaints(found: list[Talk]) -> list[Talk]:
    """Those that are not as promised: ours live to their end, and the control does not."""
    return [
        talk
        for talk in found
        if (talk.killed or talk.code != 1000 if talk.column != "bare" else wrong_control(talk))
    ]


def wrong_control(talk: Talk) -> bool:
    if talk.server in READS_ON:
        return talk.killed
    return not talk.killed or talk.code != 1011
