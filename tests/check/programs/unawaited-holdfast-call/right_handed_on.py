import asyncio

from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)
tasks = set()


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    conn.on_gap(lambda channel, missed: print(channel, missed))
    conn.on_disconnect(lambda conn, closed: print(closed.code))
    await conn.join("lobby")
    async for text in conn:
        hf.publish_nowait("lobby", text)
        task = asyncio.create_task(hf.publish("log", text))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        await asyncio.gather(hf.publish("a", text), conn.send(text))


def say(text):
    return hf.publish("lobby", text)


@app.post("/say")
async def post(text: str):
    hf.channel("late", overflow="skip")
    sending = hf.publish("late", text)
    await sending
    return (await say(text)).offset
