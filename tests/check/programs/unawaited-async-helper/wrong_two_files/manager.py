from fastapi import WebSocket


class Manager:
    def __init__(self):
        self.users: dict[str, WebSocket] = {}

    async def connect(self, websocket: WebSocket, user: str):
        await websocket.accept()
        self.users[user] = websocket

    async def disconnect(self, user: str):
        self.users.pop(user, None)

    async def leave(self, user: str):
        self.disconnect(user)  # here
        await self.tell_all(f"{user} left")

    async def tell_all(self, text: str):
        for socket in list(self.users.values()):
            await socket.send_text(text)


manager = Manager()
