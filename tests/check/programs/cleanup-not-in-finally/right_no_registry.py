from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def echo(ws: WebSocket):
    await ws.accept()
    seen: set[str] = set()
    try:
        while True:
            text = await ws.receive_text()
            seen.add(text)
            await ws.send_text(str(len(seen)))
    except WebSocketDisconnect:
        seen.discard("quit")
    except Exception:
        seen.discard("quit")
