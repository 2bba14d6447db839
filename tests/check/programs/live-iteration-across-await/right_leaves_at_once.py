"""One client is looked for, and the loop is left once it is served."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
users: dict[str, WebSocket] = {}


async def whisper(name: str, text: str):
    for user, socket in users.items():
        if user == name:
            await socket.send_text(text)
            break


async def answer(name: str, text: str):
    for user, socket in users.items():
        if user == name:
            return await socket.send_text(text)


@app.websocket("/ws/{name}")
async def endpoint(ws: WebSocket, name: str):
    await ws.accept()
    users[name] = ws
    try:
        while True:
            text = await ws.receive_text()
            await whisper(text[:1], text)
            await answer(name, "sent")
    except WebSocketDisconnect:
        pass
    finally:
        users.pop(name, None)
