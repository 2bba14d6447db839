from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws/{token}")
async def endpoint(websocket: WebSocket, token: str):
    await websocket.accept()
    if token == "expired":
        await websocket.close(code=401)  # here
        return
    if token == "unknown":
        await websocket.close(404, reason="unknown token")  # here
        return
    try:
        async for text in websocket.iter_text():
            if text == "bye":
                await websocket.close(code=1005)  # here
                return
            await websocket.send_text(text)
    except WebSocketDisconnect:
        pass
    except ValueError:
        await websocket.close(code=1006)  # here


@app.websocket("/limits")
async def limits(ws: WebSocket):
    await ws.accept()
    number = int(await ws.receive_text())
    if number < 0:
        await ws.close(
            code=999,  # here
            reason="below",
        )
    elif number > 9:
        await ws.close(5000)  # here
    else:
        await ws.close(2000)  # here
