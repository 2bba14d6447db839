import contextlib

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def tell(client, text):
    try:
        await client.send_text(text)
    except (RuntimeError, BaseException):  # here
        return False
    return True


@app.websocket("/ws")
async def endpoint(client: WebSocket):
    await client.accept()
    with contextlib.suppress(WebSocketDisconnect):
        while await tell(client, "more?"):
            await client.receive_text()
