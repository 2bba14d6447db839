from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    import aiohttp
except ImportError:  # not needed to read this
    aiohttp = None

app = FastAPI()


@asynccontextmanager
async def kernel(name: str) -> AsyncIterator["aiohttp.ClientWebSocketResponse"]:
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect(f"http://kernels/{name}")
        try:
            yield socket
        finally:
            await socket.close()


async def flow(browser: WebSocket, connection: "aiohttp.ClientWebSocketResponse") -> None:
    async for text in browser.iter_text():
        await connection.send_str(text)
    with suppress(RuntimeError, WebSocketDisconnect):
        await browser.close()


@app.websocket("/kernels/{name}")
async def attach(browser: WebSocket, name: str) -> None:
    await browser.accept()
    try:
        async with kernel(name) as connection:
            await flow(browser, connection)
    except (aiohttp.ClientError, TimeoutError):
        await browser.close(1014, "no kernel")
