"""What is read from real apps."""

import gc
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Cookie, Depends, FastAPI, Query, WebSocket
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.middleware.httpsredirect import HTTPSRedirectMiddleware
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import WebSocketRoute

from holdfast import Connection, Deadlines, Holdfast, HoldfastGuard, Limits
from holdfast.asgi.holdfast import EVERY
from holdfast.doctor.application import look_at_app
from holdfast.doctor.facts import Application, Installed, Kind, Route
from holdfast.doctor.middleware import PASSES, around


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """What other tests of this process have left is none of these apps' matter."""
    before = list(EVERY)
    EVERY.clear()
    yield
    EVERY.update(before)


async def plain(websocket: WebSocket) -> None:
    await websocket.accept()


def of(application: Application, path: str) -> Route:
    (route,) = [route for route in application.routes if route.path == path]
    return route


def only(application: Application) -> Installed:
    """Its one Holdfast."""
    (found,) = [one for one in application.holdfasts if one.installed]
    return found


def test_routes_of_routers_and_mounted_apps() -> None:
    app, sub, inner, outer = FastAPI(), FastAPI(), APIRouter(prefix="/in"), APIRouter(prefix="/out")
    inner.websocket("/{id}")(plain)
    outer.include_router(inner)
    app.include_router(outer)
    sub.websocket("/ws")(plain)
    sub.add_middleware(GZipMiddleware)
    app.add_middleware(CORSMiddleware)
    app.mount("/sub", sub)
    found = look_at_app(app)
    assert [route.path for route in found.routes] == ["/out/in/{id}", "/sub/ws"]
    assert [one.name for one in of(found, "/out/in/{id}").behind] == ["CORSMiddleware"]
    assert [one.name for one in of(found, "/sub/ws").behind] == ["CORSMiddleware", "GZipMiddleware"]
    assert of(found, "/sub/ws").handler == f"{__name__}.plain"


def test_apps_that_are_not_fastapi() -> None:
    app = Starlette(routes=[WebSocketRoute("/ws", plain)])
    assert [route.path for route in look_at_app(app).routes] == ["/ws"]
    assert [route.path for route in look_at_app(CORSMiddleware(app)).routes] == ["/ws"]
    assert of(look_at_app(HoldfastGuard(app)), "/ws").guarded

    async def bare(scope: Any, receive: Any, send: Any) -> None: ...

    assert not look_at_app(bare).readable


def test_routes_of_holdfast() -> None:
    app, router = FastAPI(), APIRouter(prefix="/r")
    hf = Holdfast(app, limits=Limits(connections=7), deadlines=Deadlines(send_timeout=3.0))

    @hf.websocket("/handler")
    async def handler(conn: Connection[str]) -> None: ...

    @hf.stream("/stream", every=1.0, router=router)
    async def stream() -> int:
        return 1

    @hf.subscribe("/subscribe")
    async def subscribe() -> str:
        return "channel"

    app.include_router(router)
    app.websocket("/plain")(plain)
    found = look_at_app(app)
    kinds = {route.path: route.kind for route in found.routes}
    assert kinds == {
        "/handler": "handler",
        "/subscribe": "subscribe",
        "/r/stream": "stream",
        "/plain": "plain",
    }
    assert (only(found).connections, only(found).send_timeout) == (7, 3.0)
    assert (only(found).memory, only(found).channels) == (True, True)


def test_what_workers_would_not_share() -> None:
    app, other = FastAPI(), FastAPI()
    hf = Holdfast(app)

    @hf.stream("/stream", every=1.0)
    async def stream() -> int:
        return 1

    assert not only(look_at_app(app)).channels
    shared = Holdfast(other, backplane="redis://127.0.0.1:1")
    assert not only(look_at_app(other)).memory
    assert shared.backplane == "redis://127.0.0.1:1"


def test_a_holdfast_of_another_app_is_not_looked_at() -> None:
    other, app = FastAPI(), FastAPI()
    kept = Holdfast(other)
    assert [one for one in look_at_app(app).holdfasts if one.installed] == []
    assert kept is not None


def test_a_holdfast_that_is_on_no_app() -> None:
    app, hf = FastAPI(), Holdfast()

    @hf.websocket("/lost")
    async def lost(conn: Connection[str]) -> None: ...

    def said() -> list[str]:
        return [
            one.handlers[0]
            for one in look_at_app(app).holdfasts
            if not one.installed and one.handlers[0].endswith("<locals>.lost")
        ]

    assert len(said()) == 1
    hf.install(app)
    assert said() == []


def test_a_holdfast_whose_routers_are_included_needs_no_app() -> None:
    app, router, hf = FastAPI(), APIRouter(), Holdfast()

    @hf.websocket("/routed", router=router)
    async def routed(conn: Connection[str]) -> None: ...

    app.include_router(router)
    gc.collect()
    mine = [one for one in look_at_app(app).holdfasts if "routed" in "".join(one.handlers)]
    assert [one.installed for one in mine] == [True]


def test_routes_that_nobody_reaches() -> None:
    app, router = FastAPI(), APIRouter()
    hf = Holdfast(app)

    @app.websocket("/shadow/{name}")
    async def first(websocket: WebSocket, name: str) -> None: ...

    @app.websocket("/shadow/special")
    async def special(websocket: WebSocket) -> None: ...

    @hf.websocket("/never", router=router)
    async def never(conn: Connection[str]) -> None: ...

    covered, lost = look_at_app(app).faults
    assert "special on /shadow/special" in covered
    assert "never on /never: its router was never included" in lost
    app.include_router(router)
    assert len(look_at_app(app).faults) == 1


def test_a_router_that_a_mounted_app_includes_is_included() -> None:
    app, sub, router = FastAPI(), FastAPI(), APIRouter()
    hf = Holdfast(app)

    @hf.websocket("/there", router=router)
    async def there(conn: Connection[str]) -> None: ...

    sub.include_router(router)
    app.mount("/sub", sub)
    assert look_at_app(app).faults == ()


def test_a_handler_on_two_paths_is_no_fault() -> None:
    app = FastAPI()
    app.websocket("/one")(plain)
    app.websocket("/two")(plain)
    assert look_at_app(app).faults == ()


def test_secrets_in_the_query_string() -> None:
    app = FastAPI()

    async def user(x: Annotated[str, Query(alias="Access-Token")]) -> str:
        return x

    @app.websocket("/ws/{token}")
    async def handler(
        websocket: WebSocket,
        token: str,
        session: Annotated[str, Cookie()],
        page_token: str = "",
        user: str = Depends(user),
    ) -> None: ...

    (route,) = look_at_app(app).routes
    assert route.secrets == ("Access-Token",)


def test_whether_a_handler_looks_at_the_origin() -> None:
    app = FastAPI()

    class SameOrigin:
        def __call__(self, http: HTTPConnection) -> None:
            if http.headers.get("origin") != "https://example.com":
                raise HTTPException(403)

    @app.websocket("/itself")
    async def itself(websocket: WebSocket) -> None:
        if websocket.headers.get("Origin") == "https://example.com":
            await websocket.accept()

    @app.websocket("/dependency", dependencies=[Depends(SameOrigin())])
    async def dependency(websocket: WebSocket) -> None: ...

    @app.websocket("/neither")
    async def neither(websocket: WebSocket) -> None:
        original = websocket.headers
        assert original

    found = look_at_app(app)
    looks = {route.path: route.asks_origin for route in found.routes}
    assert looks == {"/itself": True, "/dependency": True, "/neither": False}


def test_origins_that_cors_allows_and_holdfast_does_not() -> None:
    app = FastAPI()
    origins = ["https://a.example", "https://b.example", "http://localhost:5173", "*"]
    app.add_middleware(CORSMiddleware, allow_origins=origins)
    kept = [Holdfast(app, origins=["https://*.example"])]
    assert only(look_at_app(app)).refuses == ()
    other = FastAPI()
    other.add_middleware(CORSMiddleware, allow_origins=origins)
    kept.append(Holdfast(other, origins=["https://a.example"]))
    assert only(look_at_app(other)).refuses == ("https://b.example",)
    every = FastAPI()
    kept.append(Holdfast(every, origins=["*"]))
    assert only(look_at_app(every)).any_origin


def test_whom_holdfast_and_its_guard_trust() -> None:
    app = FastAPI()
    app.websocket("/ws")(plain)
    hf = Holdfast(app, trusted_proxies=["0.0.0.0/0"])
    options = {"trusted_proxies": ["::/0"], "origins": ["*"], "limits": Limits(connections=3)}
    app.add_middleware(HoldfastGuard, **options, deadlines=Deadlines(send_timeout=2.0))
    found = look_at_app(app)
    assert only(found).trusts_all
    (guard,) = found.guards
    assert (guard.trusts_all, guard.any_origin) == (True, True)
    assert (guard.connections, guard.send_timeout) == (3, 2.0)
    wrapped = look_at_app(HoldfastGuard(app, trusted_proxies=["10.0.0.0/8"]))
    assert [one.trusts_all for one in wrapped.guards] == [False, True]
    assert hf is not None


# --- middleware


class Refusing(BaseHTTPMiddleware):
    async def dispatch(self, request: Any, call_next: Any) -> Response:
        return self.deny() if "x-token" not in request.headers else await call_next(request)

    def deny(self) -> Response:
        return Response(status_code=401)


class Timing(BaseHTTPMiddleware):
    async def dispatch(self, request: Any, call_next: Any) -> Any:
        return await call_next(request)


class Everywhere(BaseHTTPMiddleware):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


class Pure:
    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


def test_middleware_is_told_by_its_class() -> None:
    app = FastAPI()

    @app.middleware("http")
    async def guard_me(request: Any, call_next: Any) -> Any:
        if "cookie" not in request.headers:
            raise HTTPException(status_code=HTTP_403_FORBIDDEN)
        return await call_next(request)

    for cls in (Refusing, Timing, Everywhere, Pure, CORSMiddleware, TrustedHostMiddleware):
        app.add_middleware(cls)
    app.add_middleware(HoldfastGuard, deadlines=Deadlines())
    found, inner = around(app)
    assert inner is app
    assert [(one.name, one.kind, one.refuses) for one in found] == [
        ("HoldfastGuard", Kind.GUARD, False),
        ("TrustedHostMiddleware", Kind.PASSES, False),
        ("CORSMiddleware", Kind.CORS, False),
        ("Pure", Kind.UNKNOWN, False),
        ("Everywhere", Kind.UNKNOWN, False),
        ("Timing", Kind.HTTP_ONLY, False),
        ("Refusing", Kind.HTTP_ONLY, True),
        ("@app.middleware('http') guard_me", Kind.HTTP_ONLY, True),
    ]


HTTP_403_FORBIDDEN = 403


class Backend:
    async def authenticate(self, conn: HTTPConnection) -> None:
        return None


TRANSPARENT: list[tuple[Any, dict[str, Any]]] = [
    (CORSMiddleware, {"allow_origins": ["https://good.example"]}),
    (GZipMiddleware, {}),
    (HTTPSRedirectMiddleware, {}),
    (ServerErrorMiddleware, {}),
    (Timing, {}),
    (TrustedHostMiddleware, {"allowed_hosts": ["*"]}),
    (AuthenticationMiddleware, {"backend": Backend()}),
]


@pytest.mark.parametrize(
    ("cls", "options"), TRANSPARENT, ids=lambda one: getattr(one, "__name__", "")
)
async def test_the_transparent_hand_on_the_servers_own_send(cls: Any, options: Any) -> None:
    """What the table of classes says, of the classes that are installed."""
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.extend((receive, send))

    async def receive() -> Any: ...

    async def send(message: Any) -> None: ...

    origin = [(b"origin", b"https://evil.example"), (b"host", b"here")]
    scope = {"type": "websocket", "scheme": "wss", "path": "/", "headers": origin}
    await cls(app, **options)(scope, receive, send)
    assert seen == [receive, send]


def test_every_transparent_class_of_starlette_is_tried() -> None:
    tried = {f"{cls.__module__}.{cls.__qualname__}" for cls, _ in TRANSPARENT}
    newer = {"starlette.middleware.body_limit.RequestBodyLimitMiddleware"}
    assert PASSES - newer <= tried
