from fastapi import FastAPI, WebSocket

app = FastAPI()


async def tell_all(event: dict) -> None:
    from somewhere_else.clients import Client, everybody

    clients: list[Client] = everybody()
    for client in clients:
        try:
            await client.websocket.send_json(event)  # here
        except Exception:
            print("one is gone")


@app.websocket("/events")
async def events(websocket: WebSocket):
    await websocket.accept()
    async for event in websocket.iter_json():
        await tell_all(event)
    await websocket.close()
