from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


async def settings():
    yield {"greeting": "hello"}


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    agent = conn.http.headers.get("user-agent", "")
    conn.state["name"] = conn.http.query_params.get("name", agent)
    await conn.send({"address": conn.address, "id": conn.id, "user": conn.user})
    first = await conn.receive(timeout=10)
    await conn.send(first)
    async for text in conn:
        await conn.send(text)
    async with conn.scope(settings) as found:
        await conn.send(found)
    print(conn.closed, conn.since, conn.subprotocol)
