"""Workers with a list of the open sockets only for the shutdown of this worker."""

from contextlib import asynccontextmanager, suppress
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

mine: set[WebSocket] = set()


@asynccontextmanager
async def lifespan(app: FastAPI):
    yield
    for ws in list(mine):
        with suppress(Exception):
            await ws.close(code=1001)


app = FastAPI(lifespan=lifespan)


@app.websocket("/r")
async def r(ws: WebSocket):
    await ws.accept()
    mine.add(ws)
    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        mine.discard(ws)


if __name__ == "__main__":
    uvicorn.run("main:app", workers=4)
