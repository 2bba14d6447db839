"""The deadline is in a context manager that the program writes as a class."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


class Patience:
    def __init__(self, seconds: float) -> None:
        self._limit = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        await self._limit.__aenter__()

    async def __aexit__(self, *raised: object) -> bool | None:
        return await self._limit.__aexit__(*raised)


@app.websocket("/ws")
async def endpoint(client: WebSocket):
    await client.accept()
    clients.add(client)
    try:
        async for text in client.iter_text():
            for other in list(clients):
                try:
                    async with Patience(2):
                        await other.send_text(text)
                except Exception:
                    clients.discard(other)
    finally:
        clients.discard(client)
