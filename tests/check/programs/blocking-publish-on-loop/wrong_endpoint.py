from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@app.post("/ship")
async def ship(id: int):
    hf.publish_threadsafe(f"orders.{id}", "shipped")  # here


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    async for text in conn:
        hf.publish_threadsafe("lobby", text)  # here
