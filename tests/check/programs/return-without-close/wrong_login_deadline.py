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
            self.user = USERS[message["token"]]
        except (TimeoutError, KeyError):
            return False
        return True

    async def serve(self) -> None:
        while True:
            await self.sock.send_json({"user": self.user, "echo": await self.sock.receive_json()})


async def hello(sock: WebSocket) -> str | None:
    try:
        async with asyncio.timeout(5):
            return USERS.get(await sock.receive_text())
    except TimeoutError:
        return None


@app.websocket("/session")
async def session(sock: WebSocket):
    await sock.accept()
    session = Session(sock)
    try:
        if not await session.login():
            await sock.send_json({"error": "log in first"})
            return  # here
        await session.serve()
    except WebSocketDisconnect:
        print("gone")


@app.websocket("/hello")
async def greet(sock: WebSocket):
    await sock.accept()
    user = await hello(sock)
    if user is None:
        return  # here
    await sock.send_text(f"hello {user}")
    await sock.close()
