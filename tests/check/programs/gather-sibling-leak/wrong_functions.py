"""Module functions; the reader raises, and the handler stands around gather."""

import asyncio

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

updates = asyncio.Event()


async def receive_loop(ws):
    while True:
        await ws.receive_text()


async def send_loop(ws):
    while True:
        await updates.wait()
        await ws.send_text("update")


async def live(ws: WebSocket):
    await ws.accept()
    try:
        await asyncio.gather(receive_loop(ws), send_loop(ws))  # here
    except WebSocketDisconnect:
        print("gone")


app = Starlette(routes=[WebSocketRoute("/live", live)])
