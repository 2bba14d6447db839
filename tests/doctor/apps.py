"""Apps for servers to run, each with what some finding is about."""

import asyncio
from typing import Any

from fastapi import FastAPI, Request, WebSocket
from fastapi.middleware.cors import CORSMiddleware
from starlette.responses import Response

from holdfast import Connection, Holdfast

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://good.example"])
hf = Holdfast(app)


@app.middleware("http")
async def locked(request: Request, call_next: Any) -> Any:
    """Nobody gets in, but for health checks."""
    known = request.url.path in ("/health", "/ticks")
    return await call_next(request) if known else Response(status_code=401)


@app.get("/health")
async def health() -> str:
    return "well"


@app.websocket("/echo")
async def echo(websocket: WebSocket, token: str = "") -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(f"{text} {websocket.client and websocket.client.host}")


@app.websocket("/sleeps")
async def sleeps(websocket: WebSocket) -> None:
    await websocket.accept()
    await asyncio.sleep(3600)  # pacing: longer than anybody waits


@hf.stream("/ticks", every=0.1)
async def ticks() -> int:
    return 1


@hf.websocket("/ours")
async def ours(conn: Connection[str]) -> None:
    async for _ in conn:
        pass
