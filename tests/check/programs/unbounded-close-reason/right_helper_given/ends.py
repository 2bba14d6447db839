from fastapi import WebSocket


async def end(ws: WebSocket, code: int = 1011, reason: str = "") -> None:
    if len(reason) > 120:
        reason = reason[:117] + "..."
    try:
        await ws.close(code=code, reason=reason)
    except RuntimeError:
        pass


async def refuse(ws: WebSocket, reason: str) -> None:
    await ws.close(reason=reason)
