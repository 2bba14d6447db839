from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Session:
    def __init__(self, websocket: WebSocket):
        self.websocket = websocket

    async def serve(self):
        try:
            while True:
                text = await self.websocket.receive_text()
                await self.websocket.send_text(text)
        except RuntimeError as error:
            print("closed by us", error)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        await Session(websocket).serve()
    except WebSocketDisconnect:
        print("gone")
