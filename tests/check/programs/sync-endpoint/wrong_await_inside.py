# does not import: Python does not compile it, "'await' outside async function".
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
def echo(websocket: WebSocket):  # here
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)
