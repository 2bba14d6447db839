from fastapi import FastAPI, WebSocket

try:
    from quart import Quart
except ImportError:

    class Quart:
        def __init__(self, name):
            self.name = name

        def websocket(self, path):
            return lambda function: function


app = FastAPI()
other = Quart(__name__)


class Bus:
    """Its `websocket` is something of its own."""

    def websocket(self, name):
        return lambda function: function


bus = Bus()


@other.websocket("/ws")
def of_another_framework():
    print("Quart takes plain functions")


@bus.websocket("prices")
def of_the_bus(message):
    print(message)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()
