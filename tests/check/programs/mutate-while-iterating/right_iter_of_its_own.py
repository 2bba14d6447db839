"""A loop over an object goes over the copy that its `__iter__` gives."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Wall:
    def __init__(self) -> None:
        self._screens: list[WebSocket] = []

    def __iter__(self):
        return iter(tuple(self._screens))

    def add(self, screen: WebSocket) -> None:
        self._screens.append(screen)

    def remove(self, screen: WebSocket) -> None:
        if screen in self._screens:
            self._screens.remove(screen)


wall = Wall()


@app.post("/show")
async def show(text: str):
    for screen in wall:
        try:
            await asyncio.wait_for(screen.send_text(text), 2)
        except Exception:
            wall.remove(screen)


@app.websocket("/screen")
async def hang(screen: WebSocket):
    await screen.accept()
    wall.add(screen)
    try:
        async for _ in screen.iter_text():
            pass
    finally:
        wall.remove(screen)
