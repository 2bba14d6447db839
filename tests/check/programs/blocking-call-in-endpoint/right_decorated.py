import asyncio
import functools
import subprocess

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


def in_thread(function):
    @functools.wraps(function)
    async def run(*args):
        return await asyncio.to_thread(function, *args)

    return run


@in_thread
def build(target: str) -> str:
    return subprocess.run(["make", target], capture_output=True, text=True).stdout


@app.websocket("/build")
async def builds(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await build(await websocket.receive_text()))
    except WebSocketDisconnect:
        pass
