"""Each rule against programs that are wrong, and against look-alikes that are right.

A line that must be found ends in a comment: `# finds WSK101`.
"""

from __future__ import annotations

import re

import pytest

from holdfast.check import RULES
from holdfast.check.run import check_text

HEADER = """\
import asyncio
from fastapi import APIRouter, Depends, FastAPI, WebSocket
app = FastAPI()
"""

MISSING_AWAIT = [
    """
@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    websocket.accept()  # finds WSK101
    await websocket.receive_text()
    websocket.send_text("x")  # finds WSK101
    websocket.close(1000)  # finds WSK101
""",
    """
async def typed(a: WebSocket | None, b: "WebSocket", c: Annotated[WebSocket, Depends(get)]):
    a.send_json({})  # finds WSK101
    b.receive_json()  # finds WSK101
    c.send_bytes(b"")  # finds WSK101
""",
    """
import starlette.websockets
async def spelt_out(peer: starlette.websockets.WebSocket):
    def later():
        peer.send_text("x")  # finds WSK101
""",
    """
class Client:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def hello(self) -> None:
        self.websocket.send_text(
            "hello"  # a call of several lines is found where it starts
        )
""",
]
MISSING_AWAIT_LOOKALIKES = [
    """
async def endpoint(ws: WebSocket):
    await ws.accept()
    task = asyncio.create_task(ws.send_text("x"))
    await asyncio.gather(ws.send_text("y"), ws.send_text("z"))
    later = ws.send_text("w")
    await later
    run = lambda: ws.send_text("v")
    ws.iter_text()
    ws.client.host.strip()
    return ws.close()
""",
    """
from simple_websocket import WebSocket
def handler(ws: WebSocket):
    ws.send("blocks, and needs no await")
    ws.close()
""",
    """
async def shadowed(ws: WebSocket):
    def inner(ws: Printer):
        ws.send_text("another ws")
    ws = Printer()
    def inner_most():
        ws.send_text("no longer one")
""",
    """
async def holds_many(queue: "Queue[WebSocket]", peers: list[WebSocket], unknown):
    queue.close()
    peers.accept()
    unknown.close()
""",
]

SYNC_ENDPOINT = [
    """
@app.websocket("/ws")
def endpoint(websocket: WebSocket):  # finds WSK103
    print("no await in here")
""",
    """
router = APIRouter()
@router.websocket("/ws")
def with_return(websocket: WebSocket):  # finds WSK103
    if websocket.client:
        return
    return None
""",
    """
from somewhere import live
@live.websocket("/ws")
def on_a_router_from_elsewhere(websocket: WebSocket): ...  # finds WSK103
""",
    """
from starlette.routing import WebSocketRoute
def plain(websocket): pass  # finds WSK103
def named(websocket): pass  # finds WSK103
def added(websocket: WebSocket): pass  # finds WSK103
routes = [WebSocketRoute("/a", plain), WebSocketRoute("/b", endpoint=named)]
app.add_api_websocket_route("/c", added)
""",
]
SYNC_ENDPOINT_LOOKALIKES = [
    """
@app.get("/http")
def http_endpoint(): return {}

def dependency(websocket: WebSocket): return websocket.headers

@app.websocket("/ws")
async def endpoint(websocket: WebSocket, headers=Depends(dependency)): ...
""",
    """
@app.websocket("/ws")
def hands_on(websocket: WebSocket):
    return serve(websocket)
""",
    """
@app.websocket("/ws")
@made_async
def changed_before(websocket: WebSocket): ...
""",
    """
from quart import Quart
other = Quart(__name__)
@other.websocket("/ws")
def of_another_framework(): ...
""",
    """
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
class Echo(WebSocketEndpoint):
    async def on_connect(self, websocket): await websocket.accept()
routes = [WebSocketRoute("/a", Echo), WebSocketRoute("/b", make())]
""",
]

UNANNOTATED = [
    """
@app.websocket("/ws")
async def endpoint(websocket):  # finds WSK104
    await websocket.accept()
""",
    """
router = APIRouter()
@router.websocket("/ws/{client_id}")
async def endpoint(client_id: int, *, ws, token: str = ""):  # finds WSK104
    await ws.accept()
""",
    """
async def added(sock): ...  # finds WSK104
app.add_api_websocket_route("/ws", added)
""",
]
UNANNOTATED_LOOKALIKES = [
    """
@app.websocket("/a")
async def annotated(ws: WebSocket): ...

@app.websocket("/b")
async def quoted(connection: "WebSocket", ws=None): ...

@app.websocket("/c/{socket}")
async def in_the_path(socket, connection: WebSocket): ...

@app.websocket("/d/{socket:path}")
async def only_in_the_path(socket): ...

@app.websocket("/e")
async def given(ws=Depends(current)): ...

@app.get("/f")
async def http(ws): ...
""",
    """
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
async def by_position(websocket): await websocket.accept()
routes = [WebSocketRoute("/ws", by_position)]

@app.websocket_route("/old")
async def also_by_position(websocket): ...

@app.websocket_route("/class")
class Echo(WebSocketEndpoint):
    async def on_connect(self, websocket): ...
""",
    """
from fastapi.requests import HTTPConnection
@app.websocket("/ws")
async def the_scope_is_enough(connection: HTTPConnection, socket): ...
""",
    """
from holdfast import Connection, Holdfast
hf = Holdfast(app)
@hf.websocket("/ws")
async def ours(ws): ...
""",
]

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


def programs(*groups: list[str]) -> list[str]:
    return [program for group in groups for program in group]


def found(program: str) -> set[tuple[int, str]]:
    return {(one.span.row, one.code) for one in check_text(program, "program.py", RULES)}


def expected(program: str) -> set[tuple[int, str]]:
    marks = (re.search(r"# finds (\w+)", line) for line in program.split("\n"))
    return {(row, mark[1]) for row, mark in enumerate(marks, 1) if mark}


@pytest.mark.parametrize(
    "program", programs(MISSING_AWAIT[:-1], SYNC_ENDPOINT, UNANNOTATED, BROADCAST)
)
def test_a_wrong_program_is_found(program: str) -> None:
    assert expected(HEADER + program)
    assert found(HEADER + program) == expected(HEADER + program)


@pytest.mark.parametrize(
    "program",
    programs(
        MISSING_AWAIT_LOOKALIKES,
        SYNC_ENDPOINT_LOOKALIKES,
        UNANNOTATED_LOOKALIKES,
        BROADCAST_LOOKALIKES,
    ),
)
def test_a_right_program_is_left_alone(program: str) -> None:
    assert found(HEADER + program) == set()


def test_a_call_of_several_lines_is_found_where_it_starts() -> None:
    program = HEADER + MISSING_AWAIT[-1]
    (finding,) = check_text(program, "program.py", RULES)
    lines = program.split("\n")
    assert lines[finding.span.row - 1].strip() == "self.websocket.send_text("
    assert lines[finding.span.end_row - 1].strip() == ")"


def test_a_file_of_no_framework_is_left_alone() -> None:
    sync = "@app.websocket('/ws')\ndef endpoint(ws): ...\n"
    loop = "async def f(peers):\n    for peer in peers:\n        await peer.send_text('x')\n"
    assert found(sync) == set()
    assert found(loop) == set()


def test_codes_and_names_are_given_once() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert re.fullmatch(r"WSK[1-7]\d\d", rule.code)
        assert "Not reported:" in rule.explanation


TUTORIAL = """\
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class ConnectionManager:
    def __init__(self):
        self.active_connections: list[WebSocket] = []

    async def connect(self, websocket: WebSocket):
        await websocket.accept()
        self.active_connections.append(websocket)

    def disconnect(self, websocket: WebSocket):
        self.active_connections.remove(websocket)

    async def send_personal_message(self, message: str, websocket: WebSocket):
        await websocket.send_text(message)

    async def broadcast(self, message: str):
        for connection in self.active_connections:
            await connection.send_text(message)


manager = ConnectionManager()


@app.websocket("/ws/{client_id}")
async def websocket_endpoint(websocket: WebSocket, client_id: int):
    await manager.connect(websocket)
    try:
        while True:
            data = await websocket.receive_text()
            await manager.send_personal_message(f"You wrote: {data}", websocket)
            await manager.broadcast(f"Client #{client_id} says: {data}")
    except WebSocketDisconnect:
        manager.disconnect(websocket)
"""


def test_the_well_known_chat_is_found_once() -> None:
    assert found(TUTORIAL) == {(22, "WSK306")}
