from fastapi import Depends, FastAPI
from holdfast import Connection, CookieToken, Holdfast

app = FastAPI()
hf = Holdfast(app, origins=["*"])


async def current_user(token: str = Depends(CookieToken("session"))) -> str:  # here
    return token.title()


@hf.websocket("/ws", user=Depends(current_user))
async def account(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(f"{conn.user}: {text}")
