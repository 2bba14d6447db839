"""Loops that send, but to one socket: many messages to one client, or one of many clients."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
users: dict[str, WebSocket] = {}
history: list[str] = []


async def whisper(name: str, text: str):
    for user, socket in users.items():
        if user == name:
            await socket.send_text(text)
            break


async def whisper_on(name: str, text: str):
    for user, socket in list(users.items()):
        if user == name:
            await socket.send_text(text)


async def answer(name: str, text: str):
    for user, socket in users.items():
        if user == name:
            return await socket.send_text(text)


@app.websocket("/ws/{name}")
async def endpoint(ws: WebSocket, name: str):
    await ws.accept()
    users[name] = ws
    try:
        for line in history[-20:]:
            await ws.send_text(line)
        while True:
            text = await ws.receive_text()
            history.append(text)
            await whisper(text[:1], text)
            await whisper_on(text[:1], text)
            await answer(name, "sent")
    except WebSocketDisconnect:
        pass
    finally:
        users.pop(name, None)
