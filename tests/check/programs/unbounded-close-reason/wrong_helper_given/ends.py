from fastapi import WebSocket


async def end(ws: WebSocket, code: int = 1011, reason: str | None = None) -> None:
    try:
        await ws.close(code=code, reason=reason)
    except RuntimeError:
        pass
