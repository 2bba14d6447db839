import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from parlour.errors import UnknownRoom  # does not import
from parlour.news import news

app = FastAPI()
parlour: set[WebSocket] = set()


@app.websocket("/parlour")
async def talk(websocket: WebSocket):
    await websocket.accept()
    parlour.add(websocket)

    async def listen():
        while True:
            word = await websocket.receive_text()
            await websocket.send_text(word.upper())

    try:
        await asyncio.gather(listen(), news(websocket), return_exceptions=False)
    except UnknownRoom:
        await websocket.close(code=4404)
    except WebSocketDisconnect:
        parlour.discard(websocket)  # here
    except Exception as error:
        print(error)
