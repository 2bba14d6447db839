import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
background: set[asyncio.Task] = set()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    task = asyncio.create_task(ws.send_text("x"))
    background.add(task)
    task.add_done_callback(background.discard)
    await asyncio.gather(ws.send_text("y"), ws.send_text("z"))
    later = ws.send_text("w")
    await later
    receiving = ws.receive_text()
    text = await asyncio.wait_for(receiving, 5)
    pending = [ws.send_text(text) for _ in range(3)]
    for one in pending:
        await one
    run = lambda: ws.send_text("v")
    await run()
    asyncio.ensure_future(ws.send_text("u"))
    async with asyncio.TaskGroup() as group:
        group.create_task(ws.send_text("t"))
    messages = ws.iter_text()
    ws.client.host.strip()
    ws.headers.get("origin")
    async for message in messages:
        if message == "bye":
            break
        await ws.send_text(message)
    return await ws.close()
