"""Kept in a set, in an attribute, in a dict, in a list; returned; handed on."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
background: set[asyncio.Task] = set()
of_client: dict[WebSocket, asyncio.Task] = {}


async def beat(ws: WebSocket):
    while True:
        await asyncio.sleep(1)
        await ws.send_text("beat")


def start(ws: WebSocket) -> asyncio.Task:
    return asyncio.create_task(beat(ws))


def keep(task: asyncio.Task) -> None:
    background.add(task)
    task.add_done_callback(background.discard)


class Session:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws
        self.task = asyncio.create_task(beat(ws))
        self.others = [asyncio.create_task(beat(ws))]

    def stop(self) -> None:
        self.task.cancel()
        for other in self.others:
            other.cancel()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    session = Session(ws)
    mine = start(ws)
    of_client[ws] = asyncio.create_task(beat(ws))
    keep(asyncio.create_task(beat(ws)))
    kept = asyncio.create_task(beat(ws))
    background.add(kept)
    kept.add_done_callback(background.discard)
    try:
        while True:
            await ws.receive_text()
            await asyncio.create_task(asyncio.sleep(0))
    except WebSocketDisconnect:
        pass
    finally:
        session.stop()
        of_client.pop(ws).cancel()
        for task in (mine, *background):
            task.cancel()
