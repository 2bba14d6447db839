import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
room: set[WebSocket] = set()


async def say(text: str) -> None:
    for member in list(room):
        try:
            await asyncio.wait_for(member.send_text(text), 1)
        except Exception:
            room.discard(member)


@app.websocket("/room")
async def talk(websocket: WebSocket):
    await websocket.accept()
    room.add(websocket)
    try:
        while True:
            try:
                text = await asyncio.wait_for(websocket.receive_text(), 30)
            except TimeoutError:
                text = None
            if text is None:
                await websocket.send_text("are you there?")
            else:
                await say(text)
    except WebSocketDisconnect:
        pass
    finally:
        room.discard(websocket)


@app.websocket("/other")
async def other(websocket: WebSocket):
    await websocket.accept()
    room.add(websocket)
    try:
        while True:
            try:
                await say(await asyncio.wait_for(websocket.receive_text(), 30))
            except TimeoutError:
                await websocket.send_text("are you there?")
    except WebSocketDisconnect:
        pass
    finally:
        room.discard(websocket)
