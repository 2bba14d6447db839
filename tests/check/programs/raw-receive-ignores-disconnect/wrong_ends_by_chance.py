import logging

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/talk")
async def talk(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            message = await websocket.receive()  # here
            if "text" in message:
                await websocket.send_text(message["text"])
            else:
                logging.warning("what is that?")
        except WebSocketDisconnect:
            break
        except Exception as error:
            logging.error("failed: %s", error)
            try:
                await websocket.send_json({"error": str(error)})
            except Exception:
                break
