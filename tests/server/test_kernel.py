"""What the server tells the kernel of its sockets."""

from __future__ import annotations

import socket

import pytest
from fastapi import FastAPI, WebSocket

from holdfast.server.protocol import Protocol
from holdfast.testing import serve


@pytest.mark.parametrize(("interval", "asks"), [(0.0, 1), (20.0, 0)], ids=["no pings", "pings"])
async def test_without_pings_the_kernel_asks_a_silent_client(interval: float, asks: int) -> None:
    app = FastAPI()

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.receive()

    options = {"ws": "holdfast.server:Protocol", "ws_ping_interval": interval}
    async with serve(app, **options) as server, server.peer("/ws"):
        link = next(
            one for one in server.uvicorn.server_state.connections if isinstance(one, Protocol)
        )
        sock = link.transport.get_extra_info("socket")
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == asks
