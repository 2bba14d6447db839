import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
watchers: dict[str, set[WebSocket]] = {}


async def greet(websocket: WebSocket) -> None:
    try:
        await websocket.send_text("hello")
    except Exception:
        print("nobody there")


@app.websocket("/watch/{what}")
async def watch(websocket: WebSocket, what: str):
    await websocket.accept()
    watchers.setdefault(what, set()).add(websocket)
    await greet(websocket)  # only this is outside of what the `finally` is for
    try:
        while True:
            text = await websocket.receive_text()
            try:
                print(json.loads(text))
            except ValueError:
                print("no JSON")
    except WebSocketDisconnect:
        pass
    except Exception as error:
        print(error)
    finally:
        watchers[what].discard(websocket)
        if not watchers[what]:
            del watchers[what]
