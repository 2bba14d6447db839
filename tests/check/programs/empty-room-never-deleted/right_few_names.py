"""There are as many rooms as the Enum has members, or the Literal has words."""

from collections import defaultdict
from enum import Enum
from typing import Literal

from fastapi import FastAPI, WebSocket

app = FastAPI()
Deck = Literal["sun", "promenade"]


class Class(str, Enum):
    first = "first"
    second = "second"


passengers: dict[str, set[WebSocket]] = {}
decks: defaultdict[Deck, set[WebSocket]] = defaultdict(set)


@app.websocket("/classes/{of}")
async def travel(websocket: WebSocket, of: Class) -> None:
    await websocket.accept()
    passengers.setdefault(of.value, set()).add(websocket)
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        passengers[of.value].discard(websocket)


@app.websocket("/decks/{deck}")
async def walk(websocket: WebSocket, deck: Deck) -> None:
    await websocket.accept()
    decks[deck].add(websocket)
    try:
        async for _ in websocket.iter_text():
            pass
    finally:
        decks[deck].discard(websocket)
