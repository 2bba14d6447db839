import websockets
from fastapi import FastAPI, WebSocket
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK

app = FastAPI()
UPSTREAM = "ws://127.0.0.1:9/"


@app.websocket("/ws")
async def proxy(websocket: WebSocket):
    await websocket.accept()
    async with websockets.connect(UPSTREAM) as upstream:
        try:
            async for message in upstream:
                await websocket.send_text(str(message))
        except ConnectionClosed:
            print("the upstream is gone")


@app.websocket("/inside")
async def inside(websocket: WebSocket):
    await websocket.accept()
    try:
        async with websockets.connect(UPSTREAM) as upstream:
            text = await websocket.receive_text()
            await upstream.send(text)
            await websocket.send_text(str(await upstream.recv()))
    except ConnectionClosedOK:
        print("the upstream is gone")


async def forward(websocket: WebSocket, upstream):
    try:
        while True:
            await websocket.send_text(await upstream.recv())
    except ConnectionClosed:
        print("the upstream is gone")
