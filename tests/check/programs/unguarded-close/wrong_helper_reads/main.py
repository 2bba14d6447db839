from fastapi import FastAPI, WebSocket

from talk import talk

app = FastAPI()


@app.websocket("/ws/{name}")
async def endpoint(client: WebSocket, name: str):
    await client.accept()
    try:
        await talk(client, name)
    finally:
        await client.close()  # here
