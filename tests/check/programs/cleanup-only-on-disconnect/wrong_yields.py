"""A context manager, and a dependency, that forget what else may be raised where they yield."""

from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
viewers: set[WebSocket] = set()
editors: set[WebSocket] = set()


@asynccontextmanager
async def viewing(client: WebSocket):
    viewers.add(client)
    try:
        yield
    except WebSocketDisconnect:
        viewers.discard(client)  # here


async def editing(websocket: WebSocket):
    editors.add(websocket)
    yield len(editors)
    editors.discard(websocket)  # here


@app.websocket("/view")
async def view(client: WebSocket):
    await client.accept()
    async with viewing(client):
        while True:
            await client.send_json({"page": (await client.receive_json())["page"]})


@app.websocket("/edit")
async def edit(client: WebSocket, number: int = Depends(editing)):
    await client.accept()
    try:
        while True:
            await client.send_json({"by": number, "text": (await client.receive_json())["text"]})
    except WebSocketDisconnect:
        pass
