from fastapi import FastAPI, WebSocket

app = FastAPI()


class Line:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.sent = 0

    async def send(self, text: str) -> None:
        self.sent += 1
        await self.websocket.send_text(text)

    async def close(self) -> None:
        await self.send("bye")
        await self.websocket.close()


@app.websocket("/line")
async def talk(websocket: WebSocket) -> None:
    await websocket.accept()
    line = Line(websocket)
    async for text in websocket.iter_text():
        if text == "bye":
            await line.close()
        await line.send(text)  # here
