from fastapi import WebSocket


async def answer(websocket: WebSocket, text: str) -> None:
    await websocket.send_text(text)
