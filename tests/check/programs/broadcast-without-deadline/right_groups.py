"""The same with an end."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
members: list[WebSocket] = []


async def in_group(text):
    async with asyncio.timeout(5):
        async with asyncio.TaskGroup() as group:
            for member in members:
                group.create_task(member.send_text(text))


async def each_in_group(text):
    async with asyncio.TaskGroup() as group:
        for member in members:
            group.create_task(asyncio.wait_for(member.send_text(text), 5))


async def waited(text):
    tasks = [asyncio.create_task(member.send_text(text)) for member in members]
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=5)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    members.append(ws)
    try:
        while True:
            text = await ws.receive_text()
            await in_group(text)
            await each_in_group(text)
            await waited(text)
    except WebSocketDisconnect:
        pass
    finally:
        members.remove(ws)
