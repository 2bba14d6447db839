from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, WebSocket

app = FastAPI()


async def member(websocket: WebSocket) -> str:
    await websocket.accept()
    hello = await websocket.receive_json()
    if "name" not in hello:
        raise HTTPException(status_code=401)  # here
    return str(hello["name"])


@app.websocket("/club")
async def club(websocket: WebSocket, name: Annotated[str, Depends(member)]):
    await websocket.send_text(f"hello {name}")
    await websocket.close()
