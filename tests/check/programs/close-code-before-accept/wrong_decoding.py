import json

from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter()
CLOSE_BAD_TOKEN = 4003


def decode(token: str) -> dict:
    return json.loads(token)


@router.websocket("/ws")
async def endpoint(conn: WebSocket):
    try:
        claims = decode(conn.query_params["token"])
    except (KeyError, ValueError):
        await conn.close(code=CLOSE_BAD_TOKEN)  # here
        return
    await conn.accept()
    await conn.send_json(claims)
    await conn.close()


app = FastAPI()
app.include_router(router)
