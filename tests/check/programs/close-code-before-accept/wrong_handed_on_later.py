from fastapi import FastAPI, WebSocket

try:
    from robots import converse
except ImportError:
    converse = None

app = FastAPI()
origins = {"https://example.org"}


async def serve(websocket: WebSocket, token: str | None = None) -> None:
    if not token:
        await websocket.close(code=4003)  # here
        return
    if websocket.headers.get("origin") not in origins:
        await websocket.close(code=4003)  # here
        return
    await websocket.accept()
    await converse(websocket)


@app.websocket("/bot")
async def bot(websocket: WebSocket) -> None:
    await serve(websocket)


@app.websocket("/bot/{token}")
async def bot_with_token(websocket: WebSocket, token: str) -> None:
    await serve(websocket, token=token)
