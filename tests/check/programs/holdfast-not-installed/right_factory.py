from fastapi import FastAPI
from holdfast import Connection, Holdfast


def register() -> Holdfast:
    hf = Holdfast()

    @hf.websocket("/ws")
    async def echo(conn: Connection[str]) -> None:
        async for text in conn:
            await conn.send(text)

    return hf


def create_app() -> FastAPI:
    app = FastAPI()
    register().install(app)
    return app


app = create_app()
