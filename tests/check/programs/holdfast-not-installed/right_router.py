from fastapi import APIRouter, FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
router = APIRouter()
hf = Holdfast()


@hf.websocket("/ws", router=router)
async def echo(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(text)


app.include_router(router)
