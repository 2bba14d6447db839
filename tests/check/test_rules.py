"""Rules in small: what the programs of each do not try.

A line that must be found ends in a comment: `# finds WSK101`.
"""

from __future__ import annotations

import re

import pytest

from holdfast.check.rules import RULES
from holdfast.check.run import check_text

HEADER = """\
import asyncio
from fastapi import APIRouter, Depends, FastAPI, WebSocket
app = FastAPI()
"""

BROADCAST = [
    """
class ConnectionManager:
    def __init__(self):
        self.active_connections: list[WebSocket] = []

    async def broadcast(self, message: str):
        for connection in self.active_connections:
            await connection.send_text(message)  # finds WSK306
""",
    """
rooms: dict[str, dict[int, WebSocket]] = {}
async def guarded(room, message, sender):
    for number, peer in list(rooms[room].items()):
        if number == sender:
            continue
        try:
            await peer.send_json(message)  # finds WSK306
        except RuntimeError:
            rooms[room].pop(number, None)
""",
    """
async def unannotated(peers, message):
    for peer in peers.copy():
        await peer.websocket.send_bytes(message)  # finds WSK306
        await peer.websocket.send_bytes(message)
""",
    """
async def gathered(peers: set[WebSocket], message):
    await asyncio.gather(*(peer.send_text(message) for peer in peers))  # finds WSK306
    await asyncio.gather(*[p.send_text(1) for p in peers], return_exceptions=True)  # finds WSK306
    [await peer.send_text(message) for peer in peers]  # finds WSK306
""",
    """
async def ends_early(peers: set[WebSocket], message):
    for peer in peers:
        await peer.send_text(message)  # finds WSK306
        if len(message) > 10:
            return
""",
]
BROADCAST_LOOKALIKES = [
    """
async def each_in_time(peers: list[WebSocket], message):
    for peer in peers:
        await asyncio.wait_for(peer.send_text(message), 1)
    for peer in peers:
        async with asyncio.timeout(1):
            await peer.send_text(message)
    async with asyncio.timeout(5):
        for peer in peers:
            await peer.send_text(message)
    await asyncio.wait_for(asyncio.gather(*(peer.send_text(message) for peer in peers)), 5)
""",
    """
async def many_messages_to_one(ws: WebSocket, messages):
    for message in messages:
        await ws.send_text(message)
    async for message in messages:
        await ws.send_json(message)
""",
    """
async def one_of_many(peers: dict[str, WebSocket], name, message):
    for key, peer in peers.items():
        if key == name:
            await peer.send_text(message)
            break
    for key, peer in peers.items():
        if key == name:
            return await peer.send_text(message)
    for key, peer in peers.items():
        if key == name:
            try:
                await peer.send_text(message)
            except RuntimeError:
                pass
            break
""",
    """
class Member:
    async def send_text(self, text): ...

members: list[Member] = []
async def with_a_wrapper_of_its_own(message):
    for member in members:
        await member.send_text(message)
    for queue in queues:
        await queue.put(message)
        queue.put_nowait(message)
""",
    """
async def in_a_task_of_its_own(peers: list[WebSocket], message):
    for peer in peers:
        async def send(peer=peer):
            await peer.send_text(message)
        spawn(send)
""",
]


def found(program: str, code: str = "WSK") -> set[tuple[int, str]]:
    rows = ((one.span.row, one.code) for one in check_text(program, "program.py"))
    return {one for one in rows if one[1].startswith(code)}


def expected(program: str) -> set[tuple[int, str]]:
    marks = (re.search(r"# finds (\w+)", line) for line in program.split("\n"))
    return {(row, mark[1]) for row, mark in enumerate(marks, 1) if mark}


@pytest.mark.parametrize("program", BROADCAST)
def test_a_wrong_program_is_found(program: str) -> None:
    assert expected(HEADER + program)
    assert found(HEADER + program, "WSK306") == expected(HEADER + program)


@pytest.mark.parametrize("program", BROADCAST_LOOKALIKES)
def test_a_right_program_is_left_alone(program: str) -> None:
    assert found(HEADER + program, "WSK306") == set()


SEVERAL_LINES = (
    HEADER
    + """
class Client:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def hello(self) -> None:
        self.websocket.send_text(
            "hello"
        )
"""
)


def test_a_call_of_several_lines_is_found_where_it_starts() -> None:
    (finding,) = check_text(SEVERAL_LINES, "program.py")
    lines = SEVERAL_LINES.split("\n")
    assert lines[finding.span.row - 1].strip() == "self.websocket.send_text("
    assert lines[finding.span.end_row - 1].strip() == ")"


def test_a_file_of_no_framework_is_left_alone() -> None:
    sync = "@app.websocket('/ws')\ndef endpoint(ws): ...\n"
    assert found(sync) == set()


def test_codes_and_names_are_given_once() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert re.fullmatch(r"WSK[1-79]\d\d", rule.code)
        assert "eported" in rule.explanation, "say what is not reported"
