from holdfast import Connection, Holdfast

hf = Holdfast(origins=["https://app.example.com"])  # here


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    await conn.join("lobby")
    async for text in conn:
        await hf.publish("lobby", text)
