import starlette.routing as paths
from starlette.applications import Starlette


async def any_room(websocket):
    await websocket.accept()
    await websocket.close()


async def live(websocket):
    await websocket.accept()
    await websocket.close()


rooms = [
    paths.WebSocketRoute("/{name}", any_room),
    paths.WebSocketRoute("/live", live),  # here
]
app = Starlette(routes=[paths.Mount("/rooms", routes=rooms)])
