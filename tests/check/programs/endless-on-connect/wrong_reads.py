from fastapi import FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
class Echo(Endpoint[str]):
    async def on_connect(self, conn: Connection[str]) -> None:
        await conn.join("lobby")
        async for message in conn:  # here
            await conn.send(f"connect {message}")

    async def on_message(self, conn: Connection[str], message: str) -> None:
        await conn.send(f"got {message}")
