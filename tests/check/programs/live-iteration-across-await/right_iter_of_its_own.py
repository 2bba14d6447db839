"""The registry is iterated by a method of its own, which gives a copy."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Crowd:
    def __init__(self):
        self._rows: dict[str, dict[str, WebSocket]] = {}

    def __iter__(self):
        return iter([client for row in self._rows.values() for client in row.values()])

    def add(self, row: str, seat: str, client: WebSocket):
        self._rows.setdefault(row, {})[seat] = client

    def remove(self, row: str, seat: str):
        self._rows.get(row, {}).pop(seat, None)

    def items(self):
        return list(self._rows.items())


crowd = Crowd()


@app.websocket("/rows/{row}/{seat}")
async def sit(client: WebSocket, row: str, seat: str):
    await client.accept()
    crowd.add(row, seat, client)
    try:
        async for text in client.iter_text():
            for other in crowd:
                await asyncio.wait_for(other.send_text(text), 3)
            for name, there in crowd.items():
                await client.send_json({"row": name, "seats": len(there)})
    finally:
        crowd.remove(row, seat)
