from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def answer(ws: WebSocket) -> None:
    await ws.send_text(await ws.receive_text())


@app.websocket("/careful")
async def careful(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            await answer(ws)
    except WebSocketDisconnect:
        pass


@app.websocket("/careless")
async def careless(ws: WebSocket):
    await ws.accept()
    while True:
        await answer(ws)  # here
