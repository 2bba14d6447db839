from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: list[WebSocket] = []


async def tell_all(text: str) -> None:
    for client in clients[:]:
        try:
            await client.send_text(text)
        except Exception:
            if client in clients:
                clients.remove(client)


@app.websocket("/ws")
async def endpoint(ws: WebSocket) -> None:
    await ws.accept()
    clients.append(ws)
    try:
        while True:
            await tell_all(await ws.receive_text())
    except WebSocketDisconnect:
        print("gone")
    finally:
        clients.remove(ws)  # here
