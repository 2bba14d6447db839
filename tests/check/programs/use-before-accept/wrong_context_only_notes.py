from fastapi import FastAPI, WebSocket

app = FastAPI()


class Tally:
    """Counts connections; it talks to nobody."""

    count = 0

    def __init__(self, socket: WebSocket):
        self.socket = socket

    async def __aenter__(self):
        Tally.count += 1
        return self

    async def __aexit__(self, *error):
        Tally.count -= 1


@app.websocket("/ws")
async def endpoint(socket: WebSocket):
    async with Tally(socket):
        await socket.send_text("welcome")  # here
        async for text in socket.iter_text():
            await socket.send_text(text)
