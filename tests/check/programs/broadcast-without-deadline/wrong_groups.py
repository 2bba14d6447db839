"""TaskGroup, asyncio.wait and map wait for everybody, too; an index instead of the socket."""

import asyncio

import anyio
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
members: list[WebSocket] = []


async def in_group(text):
    async with asyncio.TaskGroup() as group:
        for member in members:
            group.create_task(member.send_text(text))  # here


async def waited(text):
    tasks = [asyncio.create_task(member.send_text(text)) for member in members]
    await asyncio.wait(tasks)  # here


async def mapped(text):
    await asyncio.gather(*map(lambda m: m.send_text(text), members))  # here


async def counted(text):
    for number in range(len(members)):
        await members[number].send_text(text)  # here


async def with_state(text):
    for member in [one for one in members if one.client_state.name == "CONNECTED"]:
        try:
            await member.send({"type": "websocket.send", "text": text})  # here
        finally:
            print("sent")


async def in_parts(text):
    async with anyio.create_task_group() as group:
        for member in list(members):
            group.start_soon(member.send_text, text)  # here


async def extended(text):
    jobs = []
    jobs.extend(member.send_text(text) for member in members)
    await asyncio.gather(*jobs, return_exceptions=True)  # here
    more = []
    more += [member.send_text(text) for member in members]
    await asyncio.gather(*list(more), return_exceptions=True)  # here


async def keyed(text):
    jobs = {}
    for member in members:
        jobs[member] = asyncio.create_task(member.send_text(text))
    await asyncio.gather(*jobs.values(), return_exceptions=True)  # here


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    members.append(ws)
    try:
        while True:
            text = await ws.receive_text()
            await in_group(text)
            await waited(text)
            await mapped(text)
            await counted(text)
            await with_state(text)
            await in_parts(text)
            await extended(text)
            await keyed(text)
    except WebSocketDisconnect:
        pass
    finally:
        members.remove(ws)
