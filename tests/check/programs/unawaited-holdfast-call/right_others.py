from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


class Client:
    """Another library's, which needs no await."""

    def publish(self, channel, data): ...

    def broadcast(self, data): ...

    def send(self, data): ...

    def close(self): ...


mqtt = Client()


@app.post("/sync")
def from_a_thread(text: str):
    hf.publish_threadsafe("lobby", text)


@app.post("/mqtt")
async def to_mqtt(text: str):
    mqtt.publish("lobby", text)
    mqtt.broadcast(text)


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    db = Client()
    async for text in conn:
        db.send(text)
        db.close()
        await conn.send(text)
