import json

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

RULES = (
    "Your session has ended because this account is used on too many devices at the same time; "
    "sign out on one of them and try again"
)


class Manager:
    async def fail(self, ws, error: Exception):
        await ws.close(code=1011, reason="Error: " + str(error))  # here

    async def kick(self, ws):
        await ws.close(
            4001,
            "You have been disconnected by an administrator, since you have sent more messages "  # here
            "than the rules of this server allow within one minute",
        )

    async def too_many(self, ws):
        await ws.close(4002, reason=RULES)  # here


manager = Manager()


async def endpoint(websocket):
    await websocket.accept()
    try:
        data = await websocket.receive_text()
        if data == "kick":
            await manager.kick(websocket)
            return
        if data == "many":
            await manager.too_many(websocket)
            return
        raise LookupError(data)
    except KeyError as e:
        message = f"unknown key in {e}"
        await websocket.close(code=1003, reason=message)  # here
    except LookupError as e:
        await manager.fail(websocket, e)


async def formatted(websocket):
    await websocket.accept()
    try:
        json.loads(await websocket.receive_text())["a"]["b"]
    except (TypeError, KeyError) as problem:
        await websocket.close(1007, "bad data: {}".format(problem))  # here
    except Exception as problem:
        await websocket.close(1011, reason="failed: %s" % problem)  # here


app = Starlette(routes=[WebSocketRoute("/ws", endpoint), WebSocketRoute("/formatted", formatted)])
