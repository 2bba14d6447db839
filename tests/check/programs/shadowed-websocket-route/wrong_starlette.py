from starlette.applications import Starlette
from starlette.routing import Route, Router, WebSocketRoute
from starlette.responses import PlainTextResponse


async def user(websocket):
    await websocket.accept()
    await websocket.send_text(
        "user {name}{number}".format_map({"name": "", "number": "", **websocket.path_params})
    )
    await websocket.close()


async def me(websocket):
    await websocket.accept()
    await websocket.send_text("me")
    await websocket.close()


async def page(request):
    return PlainTextResponse("page")


routes = [
    Route("/users/me", page),
    WebSocketRoute("/users/{name}", user),
    WebSocketRoute("/users/me", endpoint=me),  # here
]
app = Starlette(routes=routes)
app.mount(
    "/v2",
    Router(
        routes=[
            WebSocketRoute("/users/{number:int}", user),
            WebSocketRoute("/users/7", me),  # here
        ]
    ),
)
