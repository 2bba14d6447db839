"""A session greets its client by a method of its own, before its `try`."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Session:
    members: list["Session"] = []

    def __init__(self, socket: WebSocket):
        self.socket = socket

    async def greet(self) -> None:
        await self.socket.send_json({"members": len(self.members)})

    async def serve(self) -> None:
        while True:
            await self.socket.send_json(await self.socket.receive_json())

    async def run(self) -> None:
        self.members.append(self)
        await self.greet()  # here
        try:
            await self.serve()
        finally:
            self.members.remove(self)


@app.websocket("/session")
async def start(client: WebSocket):
    await client.accept()
    try:
        await Session(client).run()
    except WebSocketDisconnect:
        pass
