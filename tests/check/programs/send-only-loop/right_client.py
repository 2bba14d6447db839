"""A client's loop sends, too, and has nothing to do with an endpoint."""

import asyncio

from fastapi import FastAPI

app = FastAPI()


class Upstream:
    async def send_text(self, text: str) -> None: ...


async def beat(ws: Upstream) -> None:
    while True:
        await ws.send_text("beat")
        await asyncio.sleep(1)
