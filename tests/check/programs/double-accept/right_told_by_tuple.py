"""The helper tells two things: who it is, and whether it had to accept to find that out."""

from fastapi import FastAPI, WebSocket

app = FastAPI()
KEYS = {"k-1": "press 4", "k-2": "press 5"}


async def identify(websocket: WebSocket) -> tuple[str | None, bool]:
    by_header = KEYS.get(websocket.headers.get("x-machine-key", ""))
    if by_header:
        return by_header, False
    await websocket.accept()
    hello = await websocket.receive_json()
    machine = KEYS.get(hello.get("key", ""))
    if machine is None:
        await websocket.close(code=4401)
        return None, True
    return machine, True


@app.websocket("/machines")
async def machines(websocket: WebSocket) -> None:
    machine, is_accepted = await identify(websocket)
    if not machine:
        if not is_accepted:
            await websocket.close()
        return
    if not is_accepted:
        await websocket.accept()
    await websocket.send_text(f"hello, {machine}")
    async for text in websocket.iter_text():
        await websocket.send_text(text)


class Door:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def open(self, known: bool) -> tuple[bool, str]:
        if known:
            return False, "known"
        await self.websocket.accept()
        await self.websocket.send_text("say who you are")
        return True, await self.websocket.receive_text()


@app.websocket("/door/{name}")
async def door(websocket: WebSocket, name: str) -> None:
    entry = Door(websocket)
    opened, word = await entry.open(name in KEYS)
    if not opened:
        await websocket.accept()
    await websocket.send_text(word)
    async for text in websocket.iter_text():
        await websocket.send_text(text)
