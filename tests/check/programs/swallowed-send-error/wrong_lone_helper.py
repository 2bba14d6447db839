"""Nobody in sight calls the helper, and nothing in the program reads."""

import asyncio
import logging

from fastapi import FastAPI, WebSocket

app = FastAPI()
log = logging.getLogger(__name__)


async def show_prices(client: WebSocket, pause: float) -> None:
    while True:
        await asyncio.sleep(pause)
        try:
            await client.send_json({"price": 1})
        except Exception:  # here
            log.debug("no price sent")
