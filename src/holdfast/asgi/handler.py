"""``@hf.websocket``: a function or an ``Endpoint`` class becomes a route."""

from collections.abc import Callable
from typing import Any

import msgspec
from fastapi import params
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket

from holdfast.asgi.adopted import life_for
from holdfast.asgi.codec import Decoder
from holdfast.asgi.connection import Connection, Settings
from holdfast.asgi.depend import typed_signature
from holdfast.asgi.endpoint import Callbacks, Endpoint
from holdfast.asgi.entrance import claimed
from holdfast.asgi.inbox import InboxLimits
from holdfast.asgi.registration import (
    USER,
    endpoint_for,
    find_connection,
    message_type,
    must_be_async,
    no_user_depends,
    only_connection,
    with_connection,
)
from holdfast.asgi.render import ENVELOPE, PLAIN
from holdfast.asgi.runtime import Runtime
from holdfast.asgi.websocket import WebSocketLife


class HandlerOptions(msgspec.Struct, frozen=True):
    """The options of ``@hf.websocket``."""

    user: params.Depends | None = None
    accept: bool = True
    envelope: bool = False
    inbox: InboxLimits = InboxLimits()
    adopt: bool = True

    def settings(self, type_: Any) -> Settings:
        """What its connections are made with."""
        rendering = ENVELOPE if self.envelope else PLAIN
        return Settings(Decoder(type_), rendering, self.inbox, listens=True)


Parked = Callable[[Connection[Any], dict[str, Any]], Any]


class Handler:
    """A registered handler: what its route knows."""

    def __init__(
        self,
        target: Callable[..., Any] | type[Endpoint[Any]],
        runtime: Callable[[], Runtime],
        options: HandlerOptions,
    ) -> None:
        no_user_depends(options.user)
        self.target = target
        self._runtime = runtime
        self._options = options
        self._adopts = options.adopt and isinstance(target, type)
        if isinstance(target, type):
            callbacks = Callbacks(target)
            self._accept = False  # once the dependencies of on_connect stand
            self._name, type_ = "conn", callbacks.message_type
            self._signature = only_connection(self._name, options.user)
            self._body: Parked = lambda conn, values: callbacks.run(conn)
        else:
            must_be_async(target, "handler")
            signature = typed_signature(target)
            self._accept = options.accept
            self._name = find_connection(target, signature)
            type_ = message_type(signature.parameters[self._name].annotation)
            self._signature = with_connection(signature, self._name, options.user)
            self._body = lambda conn, values: target(**values)
        self._settings = options.settings(type_)

    def endpoint(self) -> Callable[..., Any]:
        """The function for the FastAPI route."""
        return endpoint_for(self.target, self._signature, self, self._serve)

    def connect(self, http: HTTPConnection[Any]) -> Connection[Any]:
        """A connection for this handshake."""
        assert isinstance(http, WebSocket)
        conn: Connection[Any] = Connection(http, self._settings)
        life_for(self._runtime(), conn, http, reads=True, adopts=self._adopts)
        return conn

    async def _serve(self, values: dict[str, Any]) -> None:
        conn: Connection[Any] = values[self._name]
        conn.user = values.pop(USER, None)
        life = conn.owner
        assert isinstance(life, WebSocketLife)
        await life.run(claimed(conn, lambda: self._body(conn, values)), accept=self._accept)
