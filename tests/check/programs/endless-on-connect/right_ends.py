from fastapi import FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
class Greeter(Endpoint[str]):
    async def on_connect(self, conn: Connection[str]) -> None:
        for line in ["hello", "and welcome"]:
            await conn.send(line)
        attempts = 0
        while True:
            attempts += 1
            if attempts == 3:
                break
            await conn.send(f"{attempts}")

    async def on_message(self, conn: Connection[str], message: str) -> None:
        while message:
            await conn.send(message)
            message = message[1:]
