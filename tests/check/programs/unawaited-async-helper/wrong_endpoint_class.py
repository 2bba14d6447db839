from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute


class Board:
    def __init__(self):
        self.lines = []

    async def write(self, line):
        self.lines.append(line)


board = Board()


class Pinning(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, guest):
        await guest.accept()

    async def on_receive(self, guest, data):
        board.write(data)  # here


app = Starlette(routes=[WebSocketRoute("/board", Pinning)])
