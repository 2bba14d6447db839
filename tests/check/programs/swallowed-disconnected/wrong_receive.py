from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@app.get("/alive")
async def alive():
    return True


@hf.websocket("/ws")
async def echo(conn: Connection[str]) -> None:
    while True:
        try:
            text = await conn.receive()
            await conn.send(text)
        except Exception:  # here
            continue
