from collections.abc import Awaitable, Callable

from fastapi import FastAPI, WebSocket

app = FastAPI()
hooks: list[Callable[[WebSocket], Awaitable[None]]] = []


class Phases:
    """Which methods run, a list of names tells."""

    order = ("open", "greet")

    async def open(self, websocket: WebSocket) -> None:
        await websocket.accept()

    async def greet(self, websocket: WebSocket) -> None:
        await websocket.send_text("hello")

    async def run(self, websocket: WebSocket) -> None:
        for name in self.order:
            await getattr(self, name)(websocket)
        await websocket.send_text("that was all")
        await websocket.close()


async def run_hooks(websocket: WebSocket) -> None:
    for hook in hooks:
        await hook(websocket)


@hooks.append
async def shake_hands(websocket: WebSocket) -> None:
    await websocket.accept()


@app.websocket("/hooks")
async def hooked(websocket: WebSocket) -> None:
    await run_hooks(websocket)
    await websocket.send_text("hello")
    await websocket.close()


@app.websocket("/phases")
async def phased(websocket: WebSocket) -> None:
    await Phases().run(websocket)
