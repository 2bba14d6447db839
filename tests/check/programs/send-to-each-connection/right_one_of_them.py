from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@app.post("/tell/{id}")
async def tell(id: str, text: str):
    for conn in hf.connections:
        if conn.id == id:
            await conn.send(text)
            break


@app.get("/who")
async def who():
    return [conn.address for conn in hf.connections]


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    for line in ["welcome", "to the lobby"]:
        await conn.send(line)
    async for text in conn:
        for word in text.split():
            await conn.send(word)
