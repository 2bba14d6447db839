import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Store:
    async def save(self, text):
        await asyncio.sleep(0)

    async def generate_id(self):
        return 7

    async def run(self, text):
        return text


store = Store()


@app.websocket("/notes")
async def notes(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            await store.save(text)
            await asyncio.sleep(0.1)
            await websocket.send_text(f"{await store.generate_id()} {await store.run(text)}")
    except WebSocketDisconnect:
        pass
