import holdfast
from fastapi import FastAPI

app = FastAPI()
hf = holdfast.Holdfast(app)
gone = []


@app.get("/gone")
async def count():
    return len(gone)


@hf.websocket("/ws")
class Echo(holdfast.Endpoint[str]):
    async def on_open(self, conn):  # here
        await conn.send("welcome")

    async def on_message(self, conn, message):
        await conn.send(message)

    async def on_close(self, conn, closed):  # here
        gone.append(closed)
