"""A TaskGroup cancels the others on purpose."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
pairs: dict[str, list[WebSocket]] = {}


async def to_both(game: str, state: dict):
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        for player in pairs[game]:
            group.create_task(player.send_json(state))


@app.websocket("/game/{game}")
async def endpoint(ws: WebSocket, game: str):
    await ws.accept()
    pairs.setdefault(game, []).append(ws)
    try:
        while True:
            await to_both(game, await ws.receive_json())
    except (WebSocketDisconnect, ExceptionGroup, TimeoutError):
        pass
    finally:
        pairs[game].remove(ws)
