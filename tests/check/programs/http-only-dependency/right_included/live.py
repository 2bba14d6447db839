from fastapi import APIRouter, WebSocket

pages = APIRouter()
router = APIRouter()


@pages.get("/stats")
async def page():
    return {"online": 1}


@router.websocket("/stats")
async def stats(client: WebSocket):
    await client.accept()
    async for _ in client.iter_text():
        await client.send_json({"online": 1})
