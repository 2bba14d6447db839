from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    from company.web import admit
except ImportError:
    admit = None

app = FastAPI()
ALLOWED = {"https://app.example.com"}


async def enter(websocket: WebSocket) -> str | None:
    # What is not in sight may look at the Origin, too.
    if not await admit(websocket):
        return None
    return websocket.cookies.get("session")


async def serve(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass


@app.websocket("/ws")
async def account(websocket: WebSocket):
    if await enter(websocket):
        await serve(websocket)
    else:
        await websocket.close()


@app.websocket("/own")
async def own(websocket: WebSocket):
    if websocket.headers.get("origin") not in ALLOWED:
        await websocket.close()
        return
    await serve(websocket)
