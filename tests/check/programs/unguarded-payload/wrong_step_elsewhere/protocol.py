from json import loads
from fastapi import WebSocket


async def handle(ws: WebSocket) -> None:
    event = loads(await ws.receive_text())
    if event.get("type") == "ping":
        await ws.send_json({"type": "pong"})
