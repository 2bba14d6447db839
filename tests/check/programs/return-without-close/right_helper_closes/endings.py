from contextlib import suppress

from fastapi import WebSocketDisconnect


async def say_goodbye(ws, code=1000):
    with suppress(RuntimeError, WebSocketDisconnect):
        await ws.close(code)


class Session:
    def __init__(self, ws):
        self.ws = ws

    async def __aenter__(self):
        await self.ws.accept()
        return self

    async def __aexit__(self, *error):
        await say_goodbye(self.ws)
