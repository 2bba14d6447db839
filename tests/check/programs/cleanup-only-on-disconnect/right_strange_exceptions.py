from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from parlour.errors import ANYTHING  # does not import

app = FastAPI()
parlour: set[WebSocket] = set()


@app.websocket("/parlour")
async def talk(websocket: WebSocket):
    await websocket.accept()
    parlour.add(websocket)
    try:
        while True:
            word = await websocket.receive_text()
            await websocket.send_text(word.upper())
    except WebSocketDisconnect:
        parlour.discard(websocket)
    except ANYTHING as error:
        parlour.discard(websocket)
        print(error)
    except BaseException:
        parlour.discard(websocket)
        raise
