import subprocess

from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute


class Shell(WebSocketEndpoint):
    encoding = "text"

    async def on_receive(self, websocket, data):
        done = subprocess.run(["sleep", "0.2"], capture_output=True)  # here
        await websocket.send_text(str(done.returncode))


app = Starlette(routes=[WebSocketRoute("/ws", Shell)])
