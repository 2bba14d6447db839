from fastapi import FastAPI
from holdfast import Connection, Holdfast

hf = Holdfast()


@hf.websocket("/ws")
async def echo(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(text)


def create_app() -> FastAPI:
    app = FastAPI()
    hf.install(app)
    return app


app = create_app()
