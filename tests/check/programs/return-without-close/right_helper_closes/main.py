from endings import Session, say_goodbye
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    try:
        text = await ws.receive_text()
        await ws.send_text(text)
    finally:
        await say_goodbye(ws)


@app.websocket("/session")
async def session(ws: WebSocket):
    async with Session(ws):
        await ws.send_text("welcome")


@app.websocket("/kept")
async def kept(ws: WebSocket):
    await ws.accept()
    held = Session(ws)
    await ws.send_text("welcome")
    await held.__aexit__()
