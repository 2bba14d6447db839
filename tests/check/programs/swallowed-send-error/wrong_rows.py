"""What a send raises is swallowed with the rest of a round, whose sends stand in loops inside."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
SERVICES = ("gateway", "mailer")


async def read_events() -> list[dict[str, list[str]]]:
    await asyncio.sleep(0.2)
    return [{"a": ["1", "2"]}]


def last_lines(service: str) -> list[str]:
    return [f"{service} is up"]


@app.websocket("/events")
async def events(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        while True:
            try:
                for batch in await read_events():
                    for rows in batch.values():
                        await websocket.send_json(rows)
            except Exception:  # here
                await asyncio.sleep(2)
    except WebSocketDisconnect:
        pass


@app.websocket("/logs")
async def logs(websocket: WebSocket) -> None:
    await websocket.accept()
    while True:
        await asyncio.sleep(5)
        for service in SERVICES:
            try:
                await websocket.send_json({service: last_lines(service)})
            except Exception:  # here
                print("no lines of", service)
