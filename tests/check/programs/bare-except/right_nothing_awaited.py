import json

from fastapi import FastAPI, WebSocket

app = FastAPI()


def parse(text):
    try:
        return json.loads(text)
    except:
        return None


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        try:
            data = json.loads(text)
        except:
            data = parse(text)
        await websocket.send_json(data)


@app.websocket("/defines")
async def defines(websocket: WebSocket):
    await websocket.accept()
    try:

        async def later():
            await websocket.send_text("later")

    except BaseException:
        later = None
    await websocket.close()
