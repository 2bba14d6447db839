from enum import IntEnum

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Code(IntEnum):
    KICKED = 4001
    NO_STATUS = 1005  # what a browser reports; never sent


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    code = 1006
    try:
        async for text in websocket.iter_text():
            if text == "bye":
                code = 1000
                break
            code = int(text)
    except WebSocketDisconnect as gone:
        if gone.code == 1006:
            print("the network failed")
    finally:
        if code != 1006:
            await websocket.close(code)
        else:
            await websocket.close(Code.KICKED)


def describe(code: int = 1005) -> str:
    return {1005: "no status", 1006: "abnormal"}.get(code, "closed")
