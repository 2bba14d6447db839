from dataclasses import dataclass

from starlette.websockets import WebSocket, WebSocketDisconnect


@dataclass(eq=False)
class Client:
    name: str
    socket: WebSocket


class Clients:
    def __init__(self) -> None:
        self.online: list[Client] = []

    async def welcome(self, name: str, socket: WebSocket) -> Client:
        await socket.accept()
        client = Client(name, socket)
        self.online.append(client)
        return client

    async def listen(self, client: Client) -> None:
        while True:
            try:
                await client.socket.send_json(await client.socket.receive_json())
            except WebSocketDisconnect:
                if client in self.online:
                    self.online.remove(client)
                break


clients = Clients()
