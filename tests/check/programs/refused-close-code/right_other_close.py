from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


class Valve:
    async def close(self, code: int) -> None: ...


valve = Valve()


@hf.websocket("/ws")
async def control(conn: Connection[str]) -> None:
    async for _ in conn:
        await valve.close(7)
