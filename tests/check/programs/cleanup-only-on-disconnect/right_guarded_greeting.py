from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Desk:
    def __init__(self):
        self.guests: list[WebSocket] = []

    async def enter(self, websocket: WebSocket):
        await websocket.accept()
        self.guests.append(websocket)

    async def leave(self, websocket: WebSocket):
        if websocket in self.guests:
            self.guests.remove(websocket)

    async def say(self, websocket: WebSocket, text: str):
        try:
            await websocket.send_text(text)
        except Exception as error:
            print(error)


desk = Desk()


@app.websocket("/desk")
async def serve(websocket: WebSocket):
    await desk.enter(websocket)
    try:
        await desk.say(websocket, "welcome")
        while True:
            await desk.say(websocket, await websocket.receive_text())
    except WebSocketDisconnect:
        await desk.leave(websocket)
    except Exception as error:
        print(error)
        await desk.leave(websocket)
