import starlette.routing as paths
from starlette.applications import Starlette


async def any_room(websocket):
    await websocket.accept()
    await websocket.close()


async def live(websocket):
    await websocket.accept()
    await websocket.close()


app = Starlette(
    routes=[
        paths.Mount("/rooms", routes=[paths.WebSocketRoute("/{name}", any_room)]),
        paths.Mount("/news", routes=[paths.WebSocketRoute("/live", live)]),
    ]
)
