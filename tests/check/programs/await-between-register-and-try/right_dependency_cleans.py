"""A dependency of the endpoint takes the connection out, whatever happens."""

from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
peers: set[WebSocket] = set()


async def tidy(websocket: WebSocket):
    try:
        yield
    finally:
        peers.discard(websocket)


@app.websocket("/ws")
async def endpoint(client: WebSocket, _: Annotated[None, Depends(tidy)]):
    await client.accept()
    peers.add(client)
    await client.send_json({"peers": len(peers)})
    try:
        while True:
            await client.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        peers.discard(client)
