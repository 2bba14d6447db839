from fastapi import FastAPI, WebSocket
from starlette.routing import WebSocketRoute

app = FastAPI()


async def serve(websocket, name=""):
    await websocket.accept()
    await websocket.send_text(name)
    await websocket.close()


@app.websocket("/items/{number:int}")
async def item(websocket: WebSocket, number: int):
    await serve(websocket)


@app.websocket("/items/all")
async def all_items(websocket: WebSocket):
    await serve(websocket, "all")


@app.websocket("/items/{key:uuid}")
async def by_key(websocket: WebSocket, key: str):
    await serve(websocket)


@app.websocket("/items/{name}")
async def by_name(websocket: WebSocket, name: str):
    await serve(websocket)


@app.websocket("/items/{path:path}")
async def by_path(websocket: WebSocket, path: str):
    await serve(websocket)


@app.websocket("/v{version}/ws")
async def versioned(websocket: WebSocket, version: str):
    await serve(websocket)


@app.websocket("/latest/ws")
async def latest(websocket: WebSocket):
    await serve(websocket, "latest")


app.router.routes.append(WebSocketRoute("/price/{amount:float}", serve))
app.router.routes.append(WebSocketRoute("/price/usd", serve))
