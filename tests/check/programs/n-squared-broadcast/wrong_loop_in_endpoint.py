"""The loop over all stands in the endpoint itself."""

from asyncio import sleep

from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter()
watchers = set()


def temperature():
    return {"celsius": 21}


@router.websocket("/temperature")
async def watch(ws: WebSocket):
    await ws.accept()
    watchers.add(ws)
    try:
        while True:
            data = temperature()
            for watcher in list(watchers):  # here
                await watcher.send_json(data)
            await sleep(1)
    finally:
        watchers.discard(ws)


app = FastAPI()
app.include_router(router)
