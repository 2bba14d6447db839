from fastapi import FastAPI, WebSocket, WebSocketException, status

app = FastAPI()
KICKED = 4001
CODES = {"kick": 4001, "full": 4002}


class Refused(Exception):
    code = 401


def code_of(error: Exception) -> int:
    return 4000 + getattr(error, "code", 0) % 1000


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, code: int = 1000):
    await websocket.accept()
    text = await websocket.receive_text()
    if text in CODES:
        await websocket.close(CODES[text])
    elif text == "kicked":
        await websocket.close(KICKED, "kicked")
    elif text == "normal":
        await websocket.close()
    elif text == "policy":
        await websocket.close(code=status.WS_1008_POLICY_VIOLATION)
    elif text == "error":
        raise WebSocketException(code=status.WS_1011_INTERNAL_ERROR, reason="error")
    elif text == "restart":
        await websocket.close(1012)
    elif text == "later":
        await websocket.close(code=1013)
    elif text == "gateway":
        await websocket.close(1014)
    elif text == "first":
        await websocket.close(3000)
    elif text == "last":
        await websocket.close(4999)
    elif text == "refused":
        await websocket.close(code_of(Refused()))
    elif text == "sum":
        await websocket.close(4000 + Refused.code)
    elif text == "message":
        await websocket.send({"type": "websocket.close", "code": 1000})
    else:
        await websocket.close(code)
