"""What yields to who serves the connection takes it out, however that ends."""

from contextlib import contextmanager

from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
viewers: set[WebSocket] = set()
editors: dict[int, WebSocket] = {}


@contextmanager
def viewing(client: WebSocket):
    viewers.add(client)
    try:
        yield
    except WebSocketDisconnect:
        viewers.discard(client)
    finally:
        viewers.discard(client)


async def tidy(websocket: WebSocket):
    try:
        yield
    finally:
        editors.pop(id(websocket), None)


@app.websocket("/view")
async def view(client: WebSocket):
    await client.accept()
    with viewing(client):
        while True:
            await client.send_json({"page": (await client.receive_json())["page"]})


@app.websocket("/edit")
async def edit(client: WebSocket, _: None = Depends(tidy)):
    await client.accept()
    editors[id(client)] = client
    try:
        while True:
            await client.send_json({"text": (await client.receive_json())["text"]})
    except WebSocketDisconnect:
        editors.pop(id(client), None)
