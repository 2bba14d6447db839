from fastapi import FastAPI
from holdfast import Connection, Holdfast
from holdfast.compat import ConnectionManager

app = FastAPI()
hf = Holdfast()
publishes_only = Holdfast(backplane="memory://")
manager = ConnectionManager(Holdfast())


@hf.websocket("/ws")
async def echo(conn: Connection[str]) -> None:
    async for text in conn:
        await publishes_only.publish("log", text)


def set_up(app: FastAPI, *parts) -> None:
    for part in parts:
        part.install(app)


set_up(app, hf)
