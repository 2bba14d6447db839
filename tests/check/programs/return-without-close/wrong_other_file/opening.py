from fastapi import WebSocket


async def open_politely(websocket: WebSocket, name: str) -> None:
    await websocket.accept()
    await websocket.send_text(f"welcome, {name}")
