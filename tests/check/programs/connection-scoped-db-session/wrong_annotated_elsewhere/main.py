from database import SessionDep
from fastapi import APIRouter, FastAPI, WebSocket

app = FastAPI()
router = APIRouter()


@router.websocket("/rooms/{room_id}")
async def room(ws: WebSocket, room_id: int, session: SessionDep):  # here
    await ws.accept()
    async for text in ws.iter_text():
        session.rows.append((room_id, text))


app.include_router(router)
