from fastapi import FastAPI
from holdfast import Connection, Holdfast


def create_app() -> FastAPI:
    app = FastAPI()
    hf = Holdfast(backplane="memory://")  # here

    @hf.websocket("/ws")
    async def echo(conn: Connection[str]) -> None:
        async for text in conn:
            await conn.send(text)

    return app


app = create_app()
