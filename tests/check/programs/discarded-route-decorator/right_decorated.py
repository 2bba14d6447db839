from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()


@app.websocket("/one")
@app.websocket("/two")
async def twice(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()


@app.websocket(
    "/long",
    name="long",
)
async def long(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()
