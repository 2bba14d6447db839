from fastapi import APIRouter, FastAPI

app = FastAPI()
router = APIRouter()


@app.websocket("/ws")
async def endpoint(websocket):  # here
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


@router.websocket("/ws/{client_id}")
async def with_more(client_id: int, *, ws, token: str = ""):  # here
    await ws.accept()
    await ws.send_text(f"{client_id} {token}")
    await ws.close()


app.include_router(router)
