from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect
from support import SupportAgent

app = FastAPI()
router = APIRouter()


@router.websocket("/support")
async def support(ws: WebSocket):
    await ws.accept()
    agent = SupportAgent()
    try:
        while True:
            message = await ws.receive_text()
            reply = await agent.answer(message)  # here
            await ws.send_text(reply)
    except WebSocketDisconnect:
        return


app.include_router(router)
