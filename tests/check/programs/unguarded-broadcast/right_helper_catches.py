"""The loop has no try: the helper that sends has one."""

from contextlib import suppress

from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

router = APIRouter()
clients: set[WebSocket] = set()


async def safe_send(client, message) -> bool:
    try:
        await client.send_json(message)
    except Exception:
        return False
    return True


async def quiet_send(client, message):
    with suppress(Exception):
        await client.send_json(message)


async def broadcast(message):
    for client in list(clients):
        if not await safe_send(client, message):
            clients.discard(client)


async def broadcast_quietly(message):
    for client in list(clients):
        await quiet_send(client, message)


@router.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    clients.add(ws)
    try:
        while True:
            await broadcast(await ws.receive_json())
            await broadcast_quietly({"kind": "done"})
    except WebSocketDisconnect:
        pass
    finally:
        clients.discard(ws)


app = FastAPI()
app.include_router(router)
