import asyncio
import json

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def first(*things):
    done, pending = await asyncio.wait(
        [asyncio.ensure_future(one) for one in things], return_when=asyncio.FIRST_COMPLETED
    )
    for one in pending:
        one.cancel()
    return done.pop().result()


async def logged(coroutine):
    print(f"waiting for {coroutine}")
    return await coroutine


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    receive = websocket.receive_text()
    print(f"will wait for {receive}")
    text = await receive
    order = json.loads(await websocket.receive_text())
    message = websocket.receive_json()
    data = (await message)["data"]
    answer = await logged(websocket.receive_text())
    one = websocket.receive_text()
    nothing = await first(one)
    send = websocket.send_text(text) if text else websocket.send_json(order)
    await send
    await websocket.send_json([data, answer, nothing])
    await websocket.close()
