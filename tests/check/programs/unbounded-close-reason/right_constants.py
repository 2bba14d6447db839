from enum import Enum

from fastapi import FastAPI, WebSocket, WebSocketException

app = FastAPI()


class Reason(Enum):
    KICKED = "kicked by an administrator"
    FULL = "the room is full"


@app.websocket("/ws/{room}")
async def endpoint(websocket: WebSocket, room: str, limit: int = 10):
    await websocket.accept()
    text = await websocket.receive_text()
    if text == "kick":
        await websocket.close(4001, reason=Reason.KICKED.value)
    elif text == "full":
        await websocket.close(4002, f"no more than {limit} may enter")
    elif text == "exact":
        await websocket.close(
            4003,
            "This reason is a long one, and of exactly one hundred and twenty-three bytes, "
            "which is as long as a reason is allowed to be",
        )
    elif text == "raise":
        raise WebSocketException(1008, "not allowed")
    else:
        await websocket.close(reason=None)
