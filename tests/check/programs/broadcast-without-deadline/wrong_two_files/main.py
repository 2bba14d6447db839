from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from hub import hub


async def live(client: WebSocket) -> None:
    await client.accept()
    hub.add(client)
    try:
        while True:
            for one in list(hub.clients):
                await hub.push(one, await client.receive_text())  # here
            await hub.push_all("next")
    except WebSocketDisconnect:
        pass
    finally:
        hub.drop(client)


app = Starlette(routes=[WebSocketRoute("/live", live)])
