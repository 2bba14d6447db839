from starlette.websockets import WebSocket

everyone: list[WebSocket] = []


async def tell_everyone(text):
    [await socket.send_text(text) for socket in everyone]  # here
    for number, socket in enumerate(everyone):  # here
        await socket.send_text(f"{number}: {text}")
