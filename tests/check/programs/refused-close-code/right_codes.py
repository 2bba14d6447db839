from fastapi import FastAPI
from holdfast import CloseCode, Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)
KICKED = 4001


@hf.websocket("/ws")
async def codes(conn: Connection[int]) -> None:
    async for code in conn:
        if code == 1:
            await conn.close()
        elif code == 2:
            await conn.close(1000, "done")
        elif code == 3:
            await conn.close(CloseCode.FORBIDDEN)
        elif code == 4:
            await conn.close(KICKED, reason="kicked")
        else:
            await conn.close(code)


@app.post("/kick/{user}")
async def kick(user: str):
    await hf.disconnect(user=user, code=4001, reason="kicked")
