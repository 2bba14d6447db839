"""Tasks in a list, in attributes, appended one by one."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
news: asyncio.Queue = asyncio.Queue(maxsize=100)


async def consumer(ws: WebSocket):
    try:
        while True:
            print(await ws.receive_json())
    except WebSocketDisconnect:
        print("gone")


async def producer(ws: WebSocket):
    while True:
        await ws.send_json(await news.get())


@app.websocket("/list")
async def listed(ws: WebSocket):
    await ws.accept()
    tasks = [asyncio.create_task(consumer(ws)), asyncio.create_task(producer(ws))]
    await asyncio.gather(*tasks)  # here


@app.websocket("/append")
async def appended(ws: WebSocket):
    await ws.accept()
    coroutines = []
    coroutines.append(consumer(ws))
    coroutines.append(producer(ws))
    await asyncio.gather(*coroutines, return_exceptions=True)  # here


@app.websocket("/name")
async def under_a_name(ws: WebSocket):
    await ws.accept()
    both = asyncio.gather(consumer(ws), producer(ws))  # here
    await both


class Bridge:
    def __init__(self, client: WebSocket) -> None:
        self.client = client

    async def __call__(self) -> None:
        self.reading = asyncio.create_task(consumer(self.client))
        self.writing = asyncio.create_task(producer(self.client))
        await asyncio.gather(self.reading, self.writing)  # here


@app.websocket("/bridge")
async def bridge(ws: WebSocket):
    await ws.accept()
    await Bridge(ws)()
