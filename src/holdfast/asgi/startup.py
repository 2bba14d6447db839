"""What is said at start-up, and the lifespan: an early start and a clean end, both optional."""

import inspect
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Match, Mount
from starlette.websockets import WebSocketState

from holdfast.asgi.reach import can_respond
from holdfast.errors import BackplaneUnavailable, CloseCode, ConfigurationError, Disconnected

log = logging.getLogger("holdfast")

NO_WEBSOCKETS = (
    "this server speaks no WebSocket: install its support, for uvicorn with "
    "pip install 'uvicorn[standard]'"
)


class Placed:
    """A route of ours: where it was registered, and what identifies it."""

    def __init__(self, path: str, endpoint: Callable[..., Any], router: APIRouter | None) -> None:
        self.path = path
        self.endpoint = endpoint
        self.router = router

    @property
    def name(self) -> str:
        """The handler's name and file, for sentences."""
        return f"{self.endpoint.__module__}.{self.endpoint.__qualname__}"


def wrap_lifespan(
    app: FastAPI, start: Callable[[], Awaitable[None]], stop: Callable[[], Awaitable[None]]
) -> None:
    """Run ``start`` before the app's own lifespan, and ``stop`` before the app's own clean-up."""
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[Any]:
        try:
            await start()
        except ConfigurationError as error:
            await stop()
            raise CannotStart(str(error)) from None
        async with inner(app) as state:
            try:
                yield state
            finally:
                await stop()

    app.router.lifespan_context = lifespan


class CannotStart(ConfigurationError):
    """The app cannot start; the sentence is all that there is to say."""


def fail_plainly(app: FastAPI) -> None:
    """Where the lifespan fails by that, servers log our sentence and not a traceback."""
    inner = app.router.lifespan

    async def lifespan(scope: Any, receive: Any, send: Any) -> None:
        async def plainly(message: Any) -> None:
            if isinstance(error := sys.exception(), CannotStart):
                message = {**message, "message": str(error)}
            await send(message)

        await inner(scope, receive, plainly)

    app.router.lifespan = lifespan  # type: ignore[method-assign]


def end_quietly(app: FastAPI) -> None:
    """A dependency that finds its client gone ends the handshake, and is no error."""

    async def quiet(conn: Any, error: Exception) -> None:
        log.info("a client was gone before its handshake was over")  # its reason is its own

    async def unavailable(conn: Any, error: Any) -> Any:
        log.info("%s", error)  # that the broker is away has been logged, once
        if conn.scope["type"] != "websocket":
            return PlainTextResponse(error.reason, 503, {"retry-after": "5"})
        if conn.application_state is WebSocketState.CONNECTING:
            raise HTTPException(503, error.reason)
        return await conn.close(error.code, error.reason)  # a handler that is none of ours

    if Disconnected not in app.exception_handlers:
        app.add_exception_handler(Disconnected, quiet)
    if BackplaneUnavailable not in app.exception_handlers:
        app.add_exception_handler(BackplaneUnavailable, unavailable)


def refuse_plainly(app: FastAPI) -> None:
    """Servers that cannot answer a handshake with an HTTP response refuse it with their own 403.

    Without it they would be sent one all the same, and the client be left to time out (daphne).
    """
    inner: Any = app.exception_handlers.get(HTTPException)

    async def handler(conn: Any, error: Any) -> Any:
        if conn.scope["type"] == "websocket" and not can_respond(conn.scope):
            await conn.close(CloseCode.FORBIDDEN, str(error.detail)[:120])
            return None
        if inspect.iscoroutinefunction(inner):
            return await inner(conn, error)
        return await run_in_threadpool(inner, conn, error)

    if inner is not None:
        app.add_exception_handler(HTTPException, handler)


def explain_missing_websockets(app: FastAPI, placed: Callable[[], Sequence[Placed]]) -> None:
    """A server without WebSocket support passes the handshake on as a plain GET: say so.

    Only where nothing else answers, so that no route of the app is ever covered.
    """
    inner = app.router.default

    async def default(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and _is_handshake(scope) and _serves(app, placed(), scope):
            log.error("%r: %s", scope["path"], NO_WEBSOCKETS)
            await PlainTextResponse(NO_WEBSOCKETS, 501)(scope, receive, send)
            return
        await inner(scope, receive, send)

    app.router.default = default


def _is_handshake(scope: Any) -> bool:
    return any(
        name.lower() == b"upgrade" and value.lower() == b"websocket"
        for name, value in scope["headers"]
    )


def _serves(app: FastAPI, placed: Sequence[Placed], scope: Any) -> bool:
    probe = _probe(scope["path"], scope.get("root_path", ""))
    ours = {place.endpoint for place in placed}
    return any(
        getattr(route, "endpoint", None) in ours and _matches(route, probe)
        for route in walk(app.routes)
    )


def route_faults(app: FastAPI, placed: Sequence[Placed]) -> Iterator[str]:
    """A sentence for each route of ours that no client will reach."""
    routes = list(walk(app.routes))
    for place in placed:
        route = next((r for r in routes if getattr(r, "endpoint", None) is place.endpoint), None)
        if route is None:
            if place.router is not None:
                yield (
                    f"{place.name} on {place.path}: its router was never included, so nobody can "
                    "connect: app.include_router(router)"
                )
            continue
        fault = _covered(route, routes, place)
        if fault:
            yield fault


def _covered(route: BaseRoute, routes: Sequence[BaseRoute], place: Placed) -> str:
    path = str(getattr(route, "path", place.path))
    probe = _probe(_sample(path, route), "")
    before = routes[: list(routes).index(route)]
    cover = next((other for other in before if _matches(other, probe)), None)
    if cover is None:
        return ""
    other = getattr(cover, "path", "") or "/"
    if isinstance(cover, Mount):
        return f"{place.name} on {path}: mount({other!r}) in front of it answers first: mount later"
    if other == path:
        return f"{place.name} on {path}: another WebSocket route with the same path answers first"
    return f"{place.name} on {path}: the route {other} in front of it answers first"


def walk(routes: Sequence[BaseRoute]) -> Iterator[BaseRoute]:
    """The routes in matching order. Newer FastAPI keeps included routers as one entry."""
    for route in routes:
        contexts = getattr(route, "effective_route_contexts", None)
        if contexts is None:
            yield route
            continue
        for context in contexts():
            yield context.starlette_route or context.original_route


def _matches(route: BaseRoute, scope: Any) -> bool:
    return route.matches(dict(scope))[0] is Match.FULL


def _probe(path: str, root_path: str) -> dict[str, Any]:
    """A handshake to ask routes whether they would take it."""
    return {
        "type": "websocket",
        "path": path,
        "root_path": root_path,
        "headers": [],
        "path_params": {},
    }


SAMPLES = {"int": "1", "float": "1.5", "uuid": "00000000-0000-4000-8000-000000000000"}


def _sample(path: str, route: BaseRoute) -> str:
    """A path that the route matches."""
    sample = str(getattr(route, "path_format", path))
    for name, convertor in getattr(route, "param_convertors", {}).items():
        kind = type(convertor).__name__.removesuffix("Convertor").lower()
        sample = sample.replace(f"{{{name}}}", SAMPLES.get(kind, "holdfast-sample"))
    return sample
