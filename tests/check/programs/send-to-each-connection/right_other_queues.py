import asyncio

from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


class Sensor:
    async def send(self, text: str) -> None:
        await asyncio.sleep(0)


sensors: list[Sensor] = [Sensor(), Sensor()]


@hf.websocket("/ws")
async def control(conn: Connection[str]) -> None:
    async for text in conn:
        for sensor in sensors:
            await sensor.send(text)
