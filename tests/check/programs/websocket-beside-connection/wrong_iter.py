from fastapi import APIRouter, FastAPI
from holdfast import Connection, Holdfast
from starlette.websockets import WebSocket

app = FastAPI()
router = APIRouter()
hf = Holdfast(app)


async def lines(socket: WebSocket):
    async for text in socket.iter_text():  # here
        yield text


@hf.websocket("/ws", router=router)
async def echo(conn: Connection[str], socket: WebSocket) -> None:
    async for text in lines(socket):
        await conn.send(text)


app.include_router(router)
