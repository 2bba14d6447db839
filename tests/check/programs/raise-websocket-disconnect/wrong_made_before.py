from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
banned = {"mallory"}


async def not_banned(websocket: WebSocket, name: str) -> str:
    if name in banned:
        refusal = WebSocketDisconnect(4403, f"{name} is banned")
        raise refusal  # here
    return name


@app.websocket("/chat/{name}")
async def chat(websocket: WebSocket, name: str = Depends(not_banned)) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(f"{name}: {text}")
