from collections.abc import Awaitable, Callable
from functools import wraps

from fastapi import WebSocket

Endpoint = Callable[[WebSocket], Awaitable[None]]


def signed_in(role: str) -> Callable[[Endpoint], Endpoint]:
    def decorate(endpoint: Endpoint) -> Endpoint:
        @wraps(endpoint)
        async def guarded(websocket: WebSocket) -> None:
            if websocket.cookies.get("role") != role:
                await websocket.accept()
                await websocket.close(code=4403, reason="not for you")
                return
            try:
                await endpoint(websocket)
            except ValueError:
                await websocket.close(code=1007, reason="no such value")

        return guarded

    return decorate


def unused(endpoint: Endpoint) -> Endpoint:
    async def guarded(websocket: WebSocket) -> None:
        await websocket.close(code=4403)

    return guarded
