"""Collections that no other function changes, or that only this call knows."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
GREETINGS = ["hello", "welcome"]


class Steps:
    def __init__(self, ws: WebSocket):
        self.ws = ws
        self.names = ["load", "train", "save"]

    async def run(self):
        for name in self.names:
            await self.ws.send_text(name)


async def send_parts(ws: WebSocket, text: str):
    parts = []
    for word in text.split():
        parts.append(word)
    for part in parts:
        await ws.send_text(part)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    try:
        for line in GREETINGS:
            await ws.send_text(line)
        await Steps(ws).run()
        while True:
            await send_parts(ws, await ws.receive_text())
    except WebSocketDisconnect:
        pass
