from fastapi import APIRouter, WebSocket

router = APIRouter()


@router.websocket("/stats")
async def stats(client: WebSocket):
    await client.accept()
    async for _ in client.iter_text():
        await client.send_json({"online": 1})
