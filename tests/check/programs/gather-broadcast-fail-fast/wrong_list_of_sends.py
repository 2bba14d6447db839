"""The coroutines are collected first, by a comprehension or by a loop."""

from asyncio import gather, wait_for

from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

router = APIRouter()
rooms: dict[str, set[WebSocket]] = {}


async def to_room(room, data):
    sends = [wait_for(ws.send_json(data), timeout=5) for ws in rooms.get(room, set())]
    await gather(*sends)  # here


async def to_others(room, data, me):
    tasks = []
    for ws in rooms.get(room, set()):
        if ws is not me:
            tasks.append(ws.send_json(data))
    if tasks:
        await gather(*tasks, return_exceptions=False)  # here


@router.websocket("/rooms/{room}")
async def endpoint(ws: WebSocket, room: str):
    await ws.accept()
    rooms.setdefault(room, set()).add(ws)
    try:
        while True:
            data = await ws.receive_json()
            await to_room(room, data)
            await to_others(room, data, ws)
    except WebSocketDisconnect:
        pass
    finally:
        rooms[room].discard(ws)


app = FastAPI()
app.include_router(router)
