from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

USERS = {"t0ken": "ada"}


async def authenticate(ws):
    return USERS.get(ws.query_params.get("access_token"))  # here


async def endpoint(ws):
    user = await authenticate(ws)
    await ws.accept()
    await ws.send_text(f"hello {user}")
    await ws.close()


app = Starlette(routes=[WebSocketRoute("/ws", endpoint)])
