"""What was raised once is raised anew, as another class."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
LEFT: list[int] = []


@app.websocket("/ws")
async def endpoint(socket: WebSocket):
    await socket.accept()
    while True:
        try:
            await socket.send_text(await socket.receive_text())
        except WebSocketDisconnect as error:  # here
            LEFT.append(error.code)
        except Exception:
            print("that did not work")
