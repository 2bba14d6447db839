from fastapi import FastAPI, WebSocket

app = FastAPI()


class Client:
    """Opens connections of its own."""

    def websocket(self, url: str) -> None:
        print("connected to", url)


client = Client()
client.websocket("/ws")


async def helper(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()


class Registry:
    def websocket_route(self, path: str) -> None:
        app.add_api_websocket_route(path, helper)


Registry().websocket_route("/registered")


@app.get("/")
def index():
    return "hello"


with_name = dict(websocket="/ws")


def connect(client: Client):
    client.websocket("/again")

    async def inner(text: str):
        return text

    return inner
