from collections.abc import Awaitable, Callable
from functools import wraps

from fastapi import WebSocket

Endpoint = Callable[[WebSocket], Awaitable[None]]


def signed_in(role: str) -> Callable[[Endpoint], Endpoint]:
    def decorate(endpoint: Endpoint) -> Endpoint:
        @wraps(endpoint)
        async def guarded(websocket: WebSocket) -> None:
            if websocket.cookies.get("role") != role:
                await websocket.close(code=4403, reason="not for you")  # here
                return
            await endpoint(websocket)

        return guarded

    return decorate
