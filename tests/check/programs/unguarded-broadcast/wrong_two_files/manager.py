from dataclasses import dataclass, field

from fastapi import WebSocket


@dataclass
class Client:
    socket: WebSocket
    name: str
    sent: int = 0

    async def send(self, data: dict) -> None:
        await self.socket.send_json(data)
        self.sent += 1


@dataclass
class Manager:
    users: dict[str, list[Client]] = field(default_factory=dict)

    async def connect(self, user_id: str, socket: WebSocket) -> None:
        await socket.accept()
        self.users.setdefault(user_id, []).append(Client(socket, user_id))

    def disconnect(self, user_id: str, socket: WebSocket) -> None:
        self.users[user_id] = [one for one in self.users[user_id] if one.socket is not socket]

    async def broadcast(self, data: dict) -> None:
        for clients in list(self.users.values()):
            for client in list(clients):
                await client.send(data)  # here


manager = Manager()
