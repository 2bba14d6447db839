import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def tick(websocket: WebSocket) -> None:
    while True:
        await websocket.send_text("tick")
        await asyncio.sleep(1)


@app.websocket("/ticks")
async def ticks(websocket: WebSocket) -> None:
    await websocket.accept()
    sender = asyncio.create_task(tick(websocket))
    failure: BaseException | None = None
    try:
        async for text in websocket.iter_text():
            print(text)
    except BaseException as error:
        failure = error
    finally:
        sender.cancel()
        try:
            await sender
        except (asyncio.CancelledError, WebSocketDisconnect):
            pass
    if failure is not None:
        raise failure
