import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
USERS = {"t0": "ada"}


class Session:
    def __init__(self, sock: WebSocket) -> None:
        self.sock = sock
        self.user = ""

    async def login(self) -> bool:
        try:
            message = await asyncio.wait_for(self.sock.receive_json(), 5)
        except (TimeoutError, WebSocketDisconnect):
            return False
        self.user = USERS.get(message.get("token"), "")
        return True

    async def refuse(self) -> bool:
        try:
            message = await asyncio.wait_for(self.sock.receive_json(), 5)
        except TimeoutError:
            await self.sock.close(4408, "too slow")
            return False
        self.user = USERS.get(message.get("token"), "")
        return True


@app.websocket("/session")
async def session(sock: WebSocket):
    await sock.accept()
    session = Session(sock)
    if not await session.login():
        return
    await sock.send_text(session.user)
    await sock.close()


@app.websocket("/refuses")
async def refuses(sock: WebSocket):
    await sock.accept()
    session = Session(sock)
    if not await session.refuse():
        return
    await sock.send_text(session.user)
    await sock.close()
