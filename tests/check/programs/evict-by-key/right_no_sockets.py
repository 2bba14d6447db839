from fastapi import FastAPI, WebSocket

app = FastAPI()
locations: dict[str, str] = {}


@app.websocket("/ws/{user_id}")
async def endpoint(ws: WebSocket, user_id: str) -> None:
    await ws.accept()
    try:
        async for text in ws.iter_text():
            locations[user_id] = text
    finally:
        locations.pop(user_id, None)
