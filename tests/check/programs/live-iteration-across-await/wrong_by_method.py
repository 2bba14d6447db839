"""The live collection comes out of a method, a property, a generator."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Registry:
    def __init__(self) -> None:
        self._of: dict[str, list[WebSocket]] = {}

    def add(self, user: str, ws: WebSocket) -> None:
        self._of.setdefault(user, []).append(ws)

    def drop(self, user: str, ws: WebSocket) -> None:
        self._of[user].remove(ws)

    @property
    def groups(self):
        return self._of.values()

    def of(self, user: str):
        return self._of.get(user, [])

    def everyone(self) -> Iterator[WebSocket]:
        for group in self._of.values():
            yield from group

    def snapshot(self) -> list[WebSocket]:
        return [ws for group in self._of.values() for ws in group]

    def copies(self):
        found = []
        for group in self._of.values():
            found.extend(group)
        return found

    async def tell(self, user: str, text: str) -> None:
        for ws in self.of(user):  # here
            await ws.send_text(text)
        for ws in self.everyone():  # here
            await ws.send_text(text)
        for group in self.groups:  # here
            for ws in group:  # here
                await ws.send_text(text)
        for ws in self.snapshot():
            await ws.send_text(text)
        for ws in self.copies():
            await ws.send_text(text)


registry = Registry()


def get_registry() -> Registry:
    return registry


@app.websocket("/ws/{user}")
async def endpoint(ws: WebSocket, user: str, known: Annotated[Registry, Depends(get_registry)]):
    await ws.accept()
    known.add(user, ws)
    try:
        while True:
            text = await ws.receive_text()
            await known.tell(user, text)
            for other in known.of(user):  # here
                await other.send_text(text)
    except WebSocketDisconnect:
        pass
    finally:
        known.drop(user, ws)
