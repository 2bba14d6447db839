"""A dependency of the router takes the client's end from its endpoints."""

from fastapi import APIRouter, Depends, FastAPI, WebSocket, WebSocketDisconnect


async def take_the_end():
    try:
        yield
    except WebSocketDisconnect:
        print("left")


router = APIRouter(dependencies=[Depends(take_the_end)])


@router.websocket("/echo")
async def echo(ws: WebSocket):
    await ws.accept()
    while True:
        await ws.send_text(await ws.receive_text())


app = FastAPI()
app.include_router(router)
