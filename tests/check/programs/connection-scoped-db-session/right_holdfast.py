from fastapi import Depends, FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)
opened = []


class Database:
    async def __aenter__(self):
        opened.append(self)
        return self

    async def __aexit__(self, *error):
        opened.remove(self)

    async def save(self, message):
        pass


async def get_db():
    async with Database() as db:
        yield db


@app.get("/open")
async def count():
    return len(opened)


@hf.websocket("/endpoint")
class Notes(Endpoint[str]):
    async def on_message(self, conn: Connection[str], message: str, db=Depends(get_db)) -> None:
        await db.save(message)


@hf.websocket("/ws")
async def notes(conn: Connection[str]) -> None:
    async for message in conn:
        async with conn.scope(get_db) as db:
            await db.save(message)
