from holdfast import Connection, Holdfast

hf = Holdfast()


@hf.websocket("/ws")
async def echo(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(text)
