"""The helper tells that it has accepted already, and the endpoint reads it the wrong way round."""

from fastapi import FastAPI, WebSocket

app = FastAPI()
KEYS = {"k-1": "press 4", "k-2": "press 5"}


async def identify(websocket: WebSocket) -> tuple[str, bool]:
    by_header = KEYS.get(websocket.headers.get("x-machine-key", ""))
    if by_header:
        return by_header, False
    await websocket.accept()
    hello = await websocket.receive_json()
    return KEYS.get(hello.get("key", ""), "unknown"), True


@app.websocket("/machines")
async def machines(websocket: WebSocket) -> None:
    machine, needs_accept = await identify(websocket)
    if needs_accept:
        await websocket.accept()  # here
    async for text in websocket.iter_text():
        await websocket.send_text(f"{machine}: {text}")
