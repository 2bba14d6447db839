import handshake
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(client: WebSocket):
    await handshake.open_socket(client, "chat.v1")
    await client.send_text("welcome")
    async for text in client.iter_text():
        await client.send_text(text)
