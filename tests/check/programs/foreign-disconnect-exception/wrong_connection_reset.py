from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(client: WebSocket):
    await client.accept()
    while True:
        try:
            data = await client.receive_bytes()
        except (ConnectionResetError, BrokenPipeError):  # here
            break
        await client.send_bytes(data)
