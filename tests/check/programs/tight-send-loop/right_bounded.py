"""What is given is short, or bounded; a send that is tried again; a helper's broadcast."""

import os
import sqlite3
from collections import deque
from typing import Annotated

from fastapi import FastAPI, Query, WebSocket

app = FastAPI()
SHOWN = int(os.environ.get("SHOWN", "20"))
history: deque[str] = deque(maxlen=100)
members: dict[str, WebSocket] = {}


def latest(limit: int = 30):
    query = "select text from messages order by id desc limit ?"
    return sqlite3.connect(":memory:").execute(query, (limit,)).fetchall()


async def replay(ws: WebSocket, lines: list[str]) -> None:
    for line in lines:
        await ws.send_text(line)


async def countdown(ws: WebSocket, seconds: int) -> None:
    for second in range(seconds):
        await ws.send_json({"left": seconds - second})


async def cut(ws: WebSocket, message: str) -> None:
    for start in range(0, len(message), 4000):
        await ws.send_text(message[start : start + 4000])


async def stubborn(ws: WebSocket, text: str, attempts: int) -> None:
    for _ in range(attempts):
        try:
            await ws.send_text(text)
        except RuntimeError:
            continue
        else:
            break


async def tell(name: str, text: str) -> None:
    await members[name].send_text(text)


async def tell_all(rows: list[str], text: str) -> None:
    for name in rows:
        await tell(name, text)


@app.websocket("/ws/{wanted}")
async def endpoint(ws: WebSocket, wanted: int, most: Annotated[int, Query(le=50)] = 10):
    await ws.accept()
    await replay(ws, ["hello", "and welcome"])
    await replay(ws, list(history))
    await countdown(ws, 3)
    await stubborn(ws, "hello", 3)
    if wanted > 50:
        await ws.close(1008)
        return
    for number in range(wanted):
        await ws.send_json(number)
    for number in range(most):
        await ws.send_json(number)
    for number in range(SHOWN):
        await ws.send_json(number)
    for number in range(min(wanted, 5)):
        await ws.send_json(number)
    for (text,) in latest():
        await ws.send_text(text)
    tries = 0
    while tries < 3:
        await ws.send_json({"try": tries})
        tries += 1
    start = 0
    while start < 100_000:
        await ws.send_json({"start": start})
        start += 25_000
    await ws.close()
