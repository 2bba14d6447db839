from fastapi import FastAPI, WebSocket

app = FastAPI()


class Call:
    def __init__(self, socket: WebSocket):
        self.socket = socket

    async def __aenter__(self):
        await self.socket.accept()
        return self

    async def __aexit__(self, *error):
        return None


@app.websocket("/ws")
async def endpoint(socket: WebSocket):
    await socket.accept()
    async with Call(socket):  # here
        async for text in socket.iter_text():
            await socket.send_text(text)
