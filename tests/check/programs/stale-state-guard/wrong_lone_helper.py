"""Nobody in sight calls the helper, and nothing in the program reads."""

import asyncio

from fastapi import FastAPI, WebSocket
from fastapi.websockets import WebSocketState

app = FastAPI()


async def show_time(socket: WebSocket, pause: float = 1.0) -> None:
    while socket.client_state is not WebSocketState.DISCONNECTED:  # here
        await socket.send_text("tick")
        await asyncio.sleep(pause)
