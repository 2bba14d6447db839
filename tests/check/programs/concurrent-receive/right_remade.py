"""Each turn makes another receive when the last one is done, or is cancelled."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
orders: asyncio.Queue[str] = asyncio.Queue(maxsize=10)


@app.websocket("/cancelled")
async def cancelled(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            said = asyncio.create_task(ws.receive_text())
            order = asyncio.create_task(orders.get())
            done, others = await asyncio.wait({said, order}, return_when=asyncio.FIRST_COMPLETED)
            for one in others:
                one.cancel()
            if order in done:
                await ws.send_text(order.result())
            if said in done:
                print(said.result())
    except WebSocketDisconnect:
        pass


@app.websocket("/left")
async def left(ws: WebSocket):
    await ws.accept()
    while True:
        said = asyncio.create_task(ws.receive_text())
        done, _ = await asyncio.wait({said}, timeout=30)
        if said not in done:
            break
        await ws.send_text(said.result())


@app.websocket("/first")
async def first(ws: WebSocket):
    await ws.accept()
    hello = asyncio.create_task(ask(ws))
    print(await hello)
    try:
        await echo(ws)
    except WebSocketDisconnect:
        pass


async def ask(ws: WebSocket) -> str:
    await ws.send_text("who is it?")
    return await ws.receive_text()


async def echo(ws: WebSocket) -> None:
    while True:
        await ws.send_text(await ws.receive_text())


@app.websocket("/asked")
async def asked(ws: WebSocket):
    await ws.accept()
    said = asyncio.create_task(ws.receive_text())
    try:
        while True:
            done, _ = await asyncio.wait({said}, timeout=30)
            if not done:
                await ws.send_text("still there?")
                continue
            await ws.send_text(said.result())
            said = asyncio.create_task(ws.receive_text())
    except WebSocketDisconnect:
        pass
