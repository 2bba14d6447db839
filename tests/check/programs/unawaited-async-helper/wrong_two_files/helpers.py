from fastapi import WebSocket


async def greet(websocket: WebSocket, user: str) -> None:
    await websocket.send_text(f"Welcome {user}")


async def ping_all(users) -> None:
    for socket in list(users.values()):
        await socket.send_text("ping")
