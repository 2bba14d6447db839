from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/recv")
async def recv(websocket: WebSocket):
    await websocket.accept()
    while True:
        text = await websocket.recv()  # here
        await websocket.send_text(text)


@app.websocket("/send")
async def send(websocket: WebSocket):
    await websocket.accept()
    await websocket.send("hello")  # here


@app.websocket("/iterate")
async def iterate(ws: WebSocket):
    await ws.accept()
    async for message in ws:  # here
        await ws.send_text(message)


@app.websocket("/ping")
async def ping(conn: WebSocket):
    await conn.accept()
    await conn.send_text("hello")
    await conn.ping()  # here
    await conn.wait_closed()  # here
