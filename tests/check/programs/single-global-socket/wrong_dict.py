from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter()
state = {"ws": None, "count": 0}


@router.websocket("/ws")
async def endpoint(ws: WebSocket) -> None:
    await ws.accept()
    state["ws"] = ws  # here
    async for text in ws.iter_text():
        await ws.send_text(text)


@router.post("/notify")
async def notify(text: str) -> None:
    await state["ws"].send_text(text)


app = FastAPI()
app.include_router(router)
