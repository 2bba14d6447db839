"""Many messages to one client, or one of many clients: nobody else waits."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
users: dict[str, WebSocket] = {}
history: list[str] = []


async def whisper(name: str, text: str):
    for user, socket in users.items():
        if user == name:
            await socket.send_text(text)
            break


async def answer(name: str, text: str):
    for user, socket in users.items():
        if user == name:
            return await socket.send_text(text)


async def try_one(name: str, text: str):
    for user, socket in users.items():
        if user == name:
            try:
                await socket.send_text(text)
            except RuntimeError:
                pass
            break


@app.websocket("/ws/{name}")
async def endpoint(ws: WebSocket, name: str):
    await ws.accept()
    users[name] = ws
    try:
        for line in history[-20:]:
            await ws.send_text(line)
        async for text in ws.iter_text():
            history.append(text)
            await ws.send_json({"echo": text})
            await whisper(text[:1], text)
            await answer(text[:1], text)
            await try_one(text[:1], text)
    except WebSocketDisconnect:
        pass
    finally:
        users.pop(name, None)
