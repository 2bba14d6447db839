import logging

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/talk")
async def talk(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            message = await websocket.receive()
            if message.get("text"):
                await websocket.send_text(message["text"])
        except WebSocketDisconnect:
            break
        except Exception as error:
            logging.info("ended: %s", error)
            break
