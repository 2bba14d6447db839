import asyncio

from fastapi import WebSocket
from fastapi.websockets import WebSocketState


async def show_time(socket: WebSocket, pause: float = 1.0) -> None:
    while socket.client_state is not WebSocketState.DISCONNECTED:
        await socket.send_text("tick")
        await asyncio.sleep(pause)
