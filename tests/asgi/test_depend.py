"""What we use of FastAPI's and Starlette's private parts, held against the installed versions."""

import inspect
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.utils import get_dependant, solve_dependencies
from fastapi.testclient import TestClient
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from holdfast.asgi.reach import unwrap
from holdfast.asgi.startup import walk


def test_the_parameters_we_pass() -> None:
    solve = inspect.signature(solve_dependencies).parameters
    passed = {
        "request",
        "dependant",
        "dependency_overrides_provider",
        "async_exit_stack",
        "embed_body_fields",
    }
    assert passed <= set(solve)
    required = {name for name, p in solve.items() if p.default is p.empty}
    assert required <= passed
    assert {"path", "call"} <= set(inspect.signature(get_dependant).parameters)


def test_the_attribute_we_read_and_the_wrappers_we_pass_by() -> None:
    seen: list[Any] = []

    async def outermost(scope: Any, receive: Any, send: Any) -> None:
        seen.append(send)
        await app(scope, receive, send)

    app = FastAPI()

    @app.websocket("/ws")
    async def handler(websocket: WebSocket) -> None:
        seen.append(websocket._send)
        await websocket.accept()
        await websocket.close()

    with TestClient(outermost).websocket_connect("/ws"):
        pass
    raw, wrapped = seen
    assert wrapped != raw
    assert unwrap(wrapped) == raw


def test_a_wrapper_of_somebody_else_stays() -> None:
    async def send(message: Any) -> None: ...

    def wrap(send: Any) -> Any:
        async def wrapper(message: Any) -> None:
            await send(message)

        return wrapper

    wrapper = wrap(send)
    assert unwrap(wrapper) is wrapper


def test_included_routers_are_walked() -> None:
    from fastapi import APIRouter

    app, inner, outer = FastAPI(), APIRouter(), APIRouter()
    inner.add_api_websocket_route("/ws", lambda websocket: None)
    outer.include_router(inner, prefix="/inner")
    app.include_router(outer, prefix="/outer")
    paths = [route.path for route in walk(app.routes) if isinstance(route, WebSocketRoute)]
    assert paths == ["/outer/inner/ws"]
