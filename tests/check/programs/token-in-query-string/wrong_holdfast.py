from fastapi import Depends, FastAPI, Query
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


async def current_user(token: str = Query(...)) -> str:  # here
    return token.title()


@hf.websocket("/ws", user=Depends(current_user))
async def account(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(f"{conn.user}: {text}")
