"""Handlers are ordinary FastAPI routes: everything FastAPI does for a route works."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Query, WebSocketException
from fastapi.testclient import TestClient
from pydantic import BaseModel
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketDisconnect

from holdfast import Connection, CurrentConnection, Endpoint, Holdfast


class User(BaseModel):
    id: str


async def current_user(http: HTTPConnection) -> User:
    name = http.headers.get("x-user")
    if name is None:
        raise HTTPException(401, "who are you?")
    return User(id=name)


def receive_closed(client: Any) -> WebSocketDisconnect:
    with pytest.raises(WebSocketDisconnect) as closed:
        client.receive_text()
    return closed.value


def test_path_query_header_and_dependencies() -> None:
    app = FastAPI()
    hf = Holdfast(app)

    @hf.websocket("/ws/{room}/{number}")
    async def handler(
        conn: Connection[str],
        room: str,
        number: int,
        token: Annotated[str, Query()],  # noqa: WSK702
        agent: Annotated[str, Header(alias="user-agent")],
        user: Annotated[User, Depends(current_user)],
        page: int = 1,
    ) -> None:
        await conn.send([room, number, token, agent, user.id, page])

    url = "/ws/lobby/7?token=t&page=3"
    with TestClient(app).websocket_connect(url, headers={"x-user": "ann"}) as client:
        assert client.receive_json() == ["lobby", 7, "t", "testclient", "ann", 3]
    with (
        pytest.raises(WebSocketDisconnect),
        TestClient(app).websocket_connect("/ws/lobby/seven?token=t", headers={"x-user": "a"}),
    ):
        pass


def test_an_http_exception_before_accept_is_the_http_answer() -> None:
    app = FastAPI()
    hf = Holdfast(app)

    @hf.websocket("/ws", user=Depends(current_user))
    async def handler(conn: Connection[str]) -> None: ...

    with (
        pytest.raises(WebSocketDisconnect) as refused,
        TestClient(app).websocket_connect("/ws"),
    ):
        pass
    assert refused.value.status_code == 401  # type: ignore[attr-defined]
    assert hf.statistics().opened == 0


def test_the_user_of_the_decorator() -> None:
    app = FastAPI()
    hf = Holdfast(app)

    @hf.websocket("/ws", user=Depends(current_user))
    async def handler(conn: Connection[str]) -> None:
        assert isinstance(conn.user, User)
        await conn.send(conn.user)

    with TestClient(app).websocket_connect("/ws", headers={"x-user": "ann"}) as client:
        assert client.receive_json() == {"id": "ann"}


@pytest.mark.parametrize("include_first", [True, False])
def test_a_router_with_prefix_dependencies_and_overrides(include_first: bool) -> None:
    called = []

    async def gate(http: HTTPConnection) -> None:
        called.append(http.path_params["tenant"])

    async def number() -> int:
        return 1

    app = FastAPI()
    hf = Holdfast(app)
    inner = APIRouter(prefix="/inner", dependencies=[Depends(gate)])
    outer = APIRouter(prefix="/outer")
    if include_first and hasattr(APIRouter, "frontend"):  # only newer FastAPI includes live
        outer.include_router(inner)
        app.include_router(outer, prefix="/{tenant}")

    @hf.websocket("/ws", router=inner)
    async def handler(conn: Connection[str], tenant: str, n: int = Depends(number)) -> None:
        await conn.send([tenant, n])

    if not (include_first and hasattr(APIRouter, "frontend")):
        outer.include_router(inner)
        app.include_router(outer, prefix="/{tenant}")
    app.dependency_overrides[number] = lambda: 42
    with TestClient(app).websocket_connect("/acme/outer/inner/ws") as client:
        assert client.receive_json() == ["acme", 42]
    assert called == ["acme"]


def test_an_app_factory_several_apps_and_late_handlers() -> None:
    hf = Holdfast()

    @hf.websocket("/early")
    async def early(conn: Connection[str]) -> None:
        await conn.send("early")

    first, second = FastAPI(), FastAPI()
    hf.install(first)
    hf.install(second)

    @hf.websocket("/late")
    async def late(conn: Connection[str]) -> None:
        await conn.send("late")

    for app in (first, second):
        for path in ("early", "late"):
            with TestClient(app).websocket_connect(f"/{path}") as client:
                assert client.receive_text() == path


@pytest.mark.parametrize("lifespan", [True, False])
def test_a_mounted_app(lifespan: bool) -> None:
    app, sub = FastAPI(), FastAPI()
    hf = Holdfast(sub)

    @hf.websocket("/ws/{name}")
    async def handler(conn: Connection[str], name: str) -> None:
        await conn.join("lobby")
        await hf.publish("lobby", name)
        async for _ in conn:
            pass

    @hf.stream("/stream", every=1)
    async def stream() -> int:
        return 7

    app.mount("/sub", sub)
    client = TestClient(app)
    if lifespan:
        client.__enter__()
    try:
        with client.websocket_connect("/sub/ws/ann") as ann:
            assert ann.receive_text() == "ann"
        with client.websocket_connect("/sub/stream") as viewer:
            assert viewer.receive_json() == 7
    finally:
        if lifespan:
            client.__exit__(None, None, None)


def test_several_holdfasts_in_one_process() -> None:
    app = FastAPI()
    one, two = Holdfast(app), Holdfast(app)

    @one.websocket("/one")
    async def first(conn: Connection[str]) -> None:
        await conn.join("c")
        await two.publish("c", "not yours")
        await one.publish("c", "yours")
        async for _ in conn:
            pass

    with TestClient(app).websocket_connect("/one") as client:
        assert client.receive_text() == "yours"


def test_the_connection_in_a_dependency_is_the_handlers_own() -> None:
    app = FastAPI()
    hf = Holdfast(app)

    async def tag(conn: CurrentConnection) -> str:
        conn.state["tagged"] = True
        return conn.id

    @hf.websocket("/ws", dependencies=[Depends(tag)])
    async def handler(conn: Connection[str], id: str = Depends(tag)) -> None:
        await conn.send([id == conn.id, conn.state])

    with TestClient(app).websocket_connect("/ws") as client:
        assert client.receive_json() == [True, {"tagged": True}]


class Say(BaseModel):
    text: str


class Join(BaseModel):
    room: str


sessions: list[str] = []


async def session() -> Any:
    sessions.append("open")
    yield len(sessions)
    sessions.append("closed")


class Room(Endpoint[Join | Say]):
    async def on_connect(
        self, conn: Connection[Join | Say], tenant: str, n: int = Depends(session)
    ) -> None:
        self.tenant = tenant
        await conn.send(["connected", tenant, n, sessions[-1]])

    async def on_message(
        self, conn: Connection[Join | Say], message: Join | Say, n: int = Depends(session)
    ) -> None:
        await conn.send([type(message).__name__, self.tenant, n, sessions[-1]])

    async def on_disconnect(self, conn: Connection[Join | Say], closed: Any) -> None:
        sessions.append(f"over {closed.code}")


@pytest.mark.parametrize("lifespan", [True, False])
def test_an_endpoint_resolves_its_dependencies_per_message(lifespan: bool) -> None:
    app = FastAPI()
    hf = Holdfast(app)
    router = APIRouter(prefix="/{tenant}")
    hf.websocket("/ws", router=router)(Room)
    app.include_router(router)
    sessions.clear()
    client = TestClient(app)
    if lifespan:
        client.__enter__()
    with client.websocket_connect("/acme/ws") as ws:
        assert ws.receive_json() == ["connected", "acme", 1, "open"]
        ws.send_json({"text": "hi"})
        assert ws.receive_json() == ["Say", "acme", 3, "open"]
        ws.send_json({"room": "r"})
        assert ws.receive_json() == ["Join", "acme", 5, "open"]
        ws.send_json({"nothing": 1})
        assert ws.receive_json()["code"] == "invalid"
    if lifespan:
        client.__exit__(None, None, None)
    assert sessions == ["open", "closed"] * 3 + ["over 1000"]


def test_a_dependency_of_an_endpoint_refuses_before_accept() -> None:
    app = FastAPI()
    hf = Holdfast(app)

    @hf.websocket("/ws")
    class Guarded(Endpoint[str]):
        async def on_connect(
            self, conn: Connection[str], user: User = Depends(current_user)
        ) -> None:
            raise AssertionError("nobody gets here")

    with (
        pytest.raises(WebSocketDisconnect) as refused,
        TestClient(app).websocket_connect("/ws"),
    ):
        pass
    assert refused.value.status_code == 401  # type: ignore[attr-defined]


def test_a_dependency_for_a_block() -> None:
    app = FastAPI()
    hf = Holdfast(app)
    sessions.clear()

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        async with conn.scope(session) as number:
            await conn.send([number, sessions])
        async with conn.scope(Depends(session)) as number:
            await conn.send([number, sessions])

    with TestClient(app).websocket_connect("/ws") as client:
        assert client.receive_json() == [1, ["open"]]
        assert client.receive_json() == [3, ["open", "closed", "open"]]


def test_an_exception_handler_of_the_app_closes_by_itself() -> None:
    class OutOfStockError(Exception):
        pass

    app = FastAPI()
    hf = Holdfast(app)

    @app.exception_handler(OutOfStockError)
    async def sorry(websocket: Any, error: Exception) -> None:
        await websocket.send_text("sorry")
        await websocket.close(4404)

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        await conn.send("looking")
        raise OutOfStockError

    with TestClient(app).websocket_connect("/ws") as client:
        assert [client.receive_text(), client.receive_text()] == ["looking", "sorry"]
        assert receive_closed(client).code == 4404
    assert hf.connections == []


def test_exceptions_of_a_handler_become_close_codes() -> None:
    app = FastAPI()
    hf = Holdfast(app)

    @hf.websocket("/http/{status}")
    async def http(conn: Connection[str], status: int) -> None:
        raise HTTPException(status, "because")

    @hf.websocket("/ws")
    async def ws(conn: Connection[str]) -> None:
        raise WebSocketException(4321, "so")

    @hf.websocket("/bug")
    async def bug(conn: Connection[str]) -> None:
        raise ZeroDivisionError

    client = TestClient(app)
    for status, code in ((401, 3500), (403, 3507), (429, 3013), (503, 3508), (418, 3501)):
        with client.websocket_connect(f"/http/{status}") as viewer:
            closed = receive_closed(viewer)
            assert (closed.code, closed.reason) == (code, "because")
    with client.websocket_connect("/ws") as viewer:
        assert receive_closed(viewer).code == 4321
    with pytest.raises(ZeroDivisionError), client.websocket_connect("/bug") as viewer:
        assert receive_closed(viewer).code == 1011
    assert hf.connections == []
