"""A number tells the newest turn of a name; a ticket is drawn for each connection."""

from typing import Annotated
from uuid import uuid4

from fastapi import Depends, FastAPI, WebSocket

app = FastAPI()
screens: dict[str, WebSocket] = {}
turns: dict[str, int] = {}
holders: dict[str, WebSocket] = {}


def take_turn(name: str, websocket: WebSocket) -> int:
    turns[name] = turns.get(name, 0) + 1
    screens[name] = websocket
    return turns[name]


def give_back(name: str, turn: int) -> None:
    if turns.get(name) == turn:
        screens.pop(name, None)


@app.websocket("/screens/{name}")
async def screen(websocket: WebSocket, name: str) -> None:
    await websocket.accept()
    turn = take_turn(name, websocket)
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        give_back(name, turn)


def draw() -> str:
    return str(uuid4())


Ticket = Annotated[str, Depends(draw)]


@app.websocket("/tickets")
async def tickets(websocket: WebSocket, ticket: Ticket) -> None:
    await websocket.accept()
    holders[ticket] = websocket
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        holders.pop(ticket, None)
