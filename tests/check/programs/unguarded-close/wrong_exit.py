from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Terminal:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def __aenter__(self) -> "Terminal":
        await self.websocket.accept()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.websocket.close()

    async def run(self) -> None:
        while True:
            await self.websocket.send_text("$ " + await self.websocket.receive_text())


@app.websocket("/terminal")
async def serve(websocket: WebSocket) -> None:
    try:
        async with Terminal(websocket) as terminal:  # here
            await terminal.run()
    except ValueError:
        print("not a command")
