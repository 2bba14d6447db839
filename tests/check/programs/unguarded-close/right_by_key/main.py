from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from manager import Manager

app = FastAPI()
manager = Manager()


@app.websocket("/ws/{user}")
async def endpoint(websocket: WebSocket, user: str, other: str = ""):
    await manager.connect(user, websocket)
    try:
        while True:
            text = await websocket.receive_text()
            if text == "/leave":
                await manager.disconnect(user)
                return
            await manager.broadcast(text)
    except WebSocketDisconnect:
        await manager.forget(user)
        await manager.disconnect(other)
    except ValueError:
        await manager.disconnect(user)


@app.websocket("/play/{name}")
async def play(ws: WebSocket, name: str):
    await manager.connect(name, ws)
    left = False
    try:
        await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        left = True
    finally:
        if not left:
            await manager.disconnect(name)
