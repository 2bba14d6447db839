"""The manager looks for the client among all, where it has left, and takes that one out."""

from dataclasses import dataclass

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@dataclass
class Client:
    socket: WebSocket
    topic: str


class Topics:
    def __init__(self):
        self.clients: list[Client] = []

    async def join(self, topic: str, socket: WebSocket) -> Client:
        await socket.accept()
        client = Client(socket, topic)
        self.clients.append(client)
        return client

    async def listen(self, client: Client):
        while True:
            try:
                question = await client.socket.receive_json()
                await client.socket.send_json({"answer": question["text"]})
            except WebSocketDisconnect:
                for one in list(self.clients):
                    if one.socket == client.socket:
                        self.clients.remove(one)
                break


topics = Topics()


@app.websocket("/topics/{topic}")
async def endpoint(websocket: WebSocket, topic: str):
    client = await topics.join(topic, websocket)
    await topics.listen(client)  # here
