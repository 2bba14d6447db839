import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Model:
    async def transcribe(self, audio):
        await asyncio.sleep(20)
        return "text"


model = Model()


@app.post("/transcribe")
async def transcribe():
    return await model.transcribe(b"")


@app.websocket("/once")
async def once(websocket: WebSocket):
    await websocket.accept()
    audio = []
    try:
        while True:
            message = await websocket.receive_bytes()
            if not message:
                break
            audio.append(message)
        await websocket.send_text(await model.transcribe(b"".join(audio)))
        await websocket.close()
    except WebSocketDisconnect:
        pass
