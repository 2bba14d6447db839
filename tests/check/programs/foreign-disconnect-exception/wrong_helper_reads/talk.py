async def talk(websocket, greeting):
    await websocket.send_text(greeting)
    while True:
        await websocket.send_text(await websocket.receive_text())
