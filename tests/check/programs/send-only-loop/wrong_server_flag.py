"""Only the end of the server, or somebody who says so, takes back the flags of these loops."""

import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

leaving = asyncio.Event()


class Machine:
    is_stopped = False


class Microscope:
    def __init__(self) -> None:
        self.on = False

    def start(self) -> None:
        self.on = True

    async def stop(self) -> None:
        self.on = False

    async def picture(self) -> bytes:
        await asyncio.sleep(0.1)
        return b"cells"


microscope = Microscope()


@asynccontextmanager
async def lifespan(_: FastAPI):
    microscope.start()

    def on_signal() -> None:
        Machine.is_stopped = True

    asyncio.get_running_loop().add_signal_handler(15, on_signal)
    yield
    leaving.set()
    await microscope.stop()


app = FastAPI(lifespan=lifespan)


@app.websocket("/microscope")
async def look(eye: WebSocket):
    await eye.accept()
    while microscope.on:  # here
        await eye.send_bytes(await microscope.picture())


@app.websocket("/beats")
async def beat(ws: WebSocket):
    await ws.accept()
    try:
        while not leaving.is_set():  # here
            await ws.send_text("beat")
            await asyncio.sleep(1)
    except WebSocketDisconnect:
        pass


class Ticker:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws
        self.active = True

    async def tick(self) -> None:
        await self.ws.send_text("tick")

    async def run(self) -> None:
        while self.active:  # here
            try:
                await self.tick()
            except WebSocketDisconnect:
                self.active = False
            await asyncio.sleep(1)


@app.websocket("/ticks")
async def ticks(ws: WebSocket):
    await ws.accept()
    await Ticker(ws).run()


@app.websocket("/dials")
async def dials(ws: WebSocket):
    await ws.accept()
    while not Machine.is_stopped:  # here
        await ws.send_text("12:00")
        await asyncio.sleep(60)


class Callers:
    def __init__(self) -> None:
        self.lines: dict[str, WebSocket] = {}

    def disconnect(self, name: str) -> None:
        self.lines.pop(name, None)


callers = Callers()


@app.websocket("/lines/{name}")
async def line(ws: WebSocket, name: str):
    await ws.accept()
    callers.lines[name] = ws
    try:
        while name in callers.lines:  # here
            await ws.send_json(list(callers.lines))
            await asyncio.sleep(1)
    except WebSocketDisconnect:
        callers.disconnect(name)


class Turns:
    def __init__(self) -> None:
        self.is_over = False

    async def turns(self):
        while not self.is_over:
            yield "turn"
            await asyncio.sleep(1)

    def stop(self) -> None:
        self.is_over = True


table = Turns()


@app.websocket("/turns")
async def turns(ws: WebSocket):
    await ws.accept()
    async for turn in table.turns():  # here
        await ws.send_text(turn)
