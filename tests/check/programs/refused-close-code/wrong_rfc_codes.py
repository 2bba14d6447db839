from fastapi import FastAPI, status
from holdfast import CloseCode, Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/policy")
async def policy(conn: Connection[str]) -> None:
    await conn.close(1008, "not allowed")  # here


@hf.websocket("/status")
async def by_status(conn: Connection[str]) -> None:
    await conn.close(code=status.WS_1011_INTERNAL_ERROR)  # here


@hf.websocket("/ours")
async def ours(conn: Connection[str]) -> None:
    await conn.close(CloseCode.TOO_BIG)  # here
