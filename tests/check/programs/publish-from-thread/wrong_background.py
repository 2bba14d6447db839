import asyncio

from fastapi import BackgroundTasks, FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


def report(text: str):
    hf.publish_nowait("reports", text)  # here


@app.post("/report")
async def later(text: str, background: BackgroundTasks):
    background.add_task(report, text)


def crunch(text: str) -> str:
    hf.publish_nowait("progress", 50)  # here
    return text.upper()


@hf.websocket("/crunch")
async def crunching(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(await asyncio.to_thread(crunch, text))
