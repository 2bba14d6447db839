from fastapi import FastAPI, WebSocket

app = FastAPI()


async def batches():
    names = ["Ann", "Bea"]
    for name in ("Cid", "Dan"):
        yield names + [name]


@app.websocket("/batches")
async def send_batches(websocket: WebSocket):
    await websocket.accept()
    async for batch in batches():
        await websocket.send_text(batch)  # here
    await websocket.close()
