"""APIKeyQuery"""

from typing import Annotated
from fastapi import (
    Depends,
    FastAPI,
    Header,
    Query,
    Security,
    WebSocket,
    WebSocketDisconnect,
    WebSocketException,
)
from fastapi.security import APIKeyCookie, APIKeyHeader, APIKeyQuery

app = FastAPI()
query = APIKeyQuery(name="api_key")


@app.websocket("/ws")
async def ws(websocket: WebSocket, key: Annotated[str, Security(query)]):  # here
    if key != "k":
        raise WebSocketException(code=1008)
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
