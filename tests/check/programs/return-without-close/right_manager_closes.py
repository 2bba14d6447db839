from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@asynccontextmanager
async def closing(websocket: WebSocket) -> AsyncIterator[None]:
    await websocket.accept()
    try:
        yield
    except WebSocketDisconnect:
        pass
    else:
        await websocket.close()


@app.websocket("/quiz")
async def quiz(websocket: WebSocket) -> None:
    async with closing(websocket):
        await websocket.send_text("2+2?")
        if await websocket.receive_text() != "4":
            await websocket.send_text("no")
            return
        await websocket.send_text("yes")


async def refuse(websocket: WebSocket, code: int) -> None:
    await websocket.close(code)
    raise PermissionError(code)


@app.websocket("/members")
async def members(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        if await websocket.receive_text() != "please":
            await refuse(websocket, 4403)
        await websocket.send_text("welcome")
        await websocket.close()
    except PermissionError:
        print("refused")
    except WebSocketDisconnect:
        pass
