from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def long(conn: Connection[str]) -> None:
    await conn.close(  # here
        4000,
        "This reason explains at such length what the client did, and why that is not what it "
        "should have done, that no close frame has room for it.",
    )
