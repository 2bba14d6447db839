from fastapi import FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


@app.post("/kick/{user}")
async def kick(user: str):
    await hf.disconnect(user=user, code=1001, reason="kicked")  # here


@hf.websocket("/ws")
class Room(Endpoint[str]):
    async def on_message(self, conn: Connection[str], message: str) -> None:
        await conn.close(403)  # here
