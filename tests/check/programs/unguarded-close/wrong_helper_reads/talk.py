async def talk(client, name):
    async for text in client.iter_text():
        await client.send_text(f"{name}: {text}")
