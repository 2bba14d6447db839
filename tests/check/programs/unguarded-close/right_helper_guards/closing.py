from starlette.websockets import WebSocketDisconnect


async def safe_close(ws, code=1000):
    try:
        await ws.close(code=code)
    except (RuntimeError, WebSocketDisconnect):
        pass


class Upstream:
    async def send(self, text):
        self.last = text

    async def close(self):
        self.last = None
