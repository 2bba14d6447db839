from fastapi import Depends, FastAPI
from holdfast import Connection, FirstMessageToken, Holdfast, SubprotocolToken

app = FastAPI()
hf = Holdfast(app)


async def current_user(token: str = Depends(SubprotocolToken())) -> str:
    return token.title()


async def later_user(token: str = Depends(FirstMessageToken())) -> str:
    return token.title()


@hf.websocket("/ws", user=Depends(current_user))
async def account(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(f"{conn.user}: {text}")


@hf.websocket("/later", user=Depends(later_user))
async def later(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(f"{conn.user}: {text}")
