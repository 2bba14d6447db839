"""``Endpoint``: a handler as a class, for connections that only react."""

import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Generic

from typing_extensions import TypeVar

from holdfast.asgi.connection import Connection
from holdfast.asgi.depend import Resolver, typed_signature
from holdfast.asgi.life import Life
from holdfast.asgi.registration import must_be_async
from holdfast.errors import ConfigurationError

T = TypeVar("T", default=str)


class Endpoint(Generic[T]):
    """React to one connection: an object per connection, a method per event.

    Each method may ask for path parameters and ``Depends`` after its own parameters. They are
    resolved when it is called and closed when it returns: a database session lasts for one
    message, not for the connection. Messages are read one after another.

    >>> @hf.websocket("/ws/{room}")
    ... class Room(Endpoint[Say]):
    ...     async def on_connect(self, conn: Connection[Say], room: str) -> None: ...
    ...     async def on_message(self, conn: Connection[Say], message: Say) -> None: ...
    """

    async def on_connect(self, *args: Any, **kwargs: Any) -> None:
        """``on_connect(self, conn, ...)``: accepted. An HTTPException of a dependency refuses."""

    async def on_message(self, *args: Any, **kwargs: Any) -> None:
        """``on_message(self, conn, message, ...)``: a message has arrived."""

    async def on_disconnect(self, *args: Any, **kwargs: Any) -> None:
        """``on_disconnect(self, conn, closed, ...)``: over, once; ``closed`` says what ended it."""


class Callbacks:
    """The three methods of an ``Endpoint`` class, read once at definition."""

    def __init__(self, endpoint: type[Endpoint[Any]]) -> None:
        self._endpoint = endpoint
        self._connect = _Callback(endpoint, "on_connect", ours=1)
        self._message = _Callback(endpoint, "on_message", ours=2)
        self._disconnect = _Callback(endpoint, "on_disconnect", ours=2)

    @property
    def message_type(self) -> Any:
        """What ``on_message`` takes: its annotation, else the ``T`` of ``Endpoint[T]``."""
        annotation = self._message.annotation(1)
        if annotation is not inspect.Parameter.empty:
            return annotation
        for base in getattr(self._endpoint, "__orig_bases__", ()):
            arguments = getattr(base, "__args__", ())
            if arguments and not isinstance(arguments[0], TypeVar):
                return arguments[0]
        return str

    async def run(self, conn: Connection[Any]) -> None:
        """Accept once ``on_connect``'s dependencies stand, then react until the client is gone."""
        endpoint = self._endpoint()
        async with self._connect.resolver.values(conn.http) as values:
            await conn.accept()
            if self._disconnect.defined:
                conn.on_disconnect(self._disconnect.of(endpoint, conn))
            await endpoint.on_connect(conn, **values)
        life = conn.owner
        assert isinstance(life, Life)
        await life.stay(self._message.of(endpoint, conn))


class _Callback:
    """One method: its own parameters by position, the rest resolved by FastAPI."""

    def __init__(self, endpoint: type[Endpoint[Any]], name: str, ours: int) -> None:
        function = getattr(endpoint, name)
        must_be_async(function, "Endpoint method")
        self._name = name
        self.defined = function is not getattr(Endpoint, name)
        parameters = list(typed_signature(function).parameters.values())[1:]
        self._parameters = parameters[:ours]
        if not self.defined:
            self.resolver = Resolver(function, given=("self", "args", "kwargs"))
            return
        if len(self._parameters) < ours:
            names = ("conn", "message" if name == "on_message" else "closed")[:ours]
            raise ConfigurationError(
                f"{endpoint.__qualname__}.{name} takes (self, {', '.join(names)}, ...)"
            )
        given = ["self", *(parameter.name for parameter in self._parameters)]
        self.resolver = Resolver(function, given)

    def annotation(self, index: int) -> Any:
        """The annotation of one of its own parameters."""
        if index >= len(self._parameters):
            return inspect.Parameter.empty
        return self._parameters[index].annotation

    def of(self, endpoint: Endpoint[Any], conn: Connection[Any]) -> Callable[..., Awaitable[None]]:
        """The method of one object, to be called with its own parameters alone."""
        method: Callable[..., Awaitable[None]] = getattr(endpoint, self._name)
        return partial(self._call, method, conn) if self.resolver.needed else method

    async def _call(self, method: Any, conn: Connection[Any], *ours: Any) -> None:
        async with self.resolver.values(conn.http) as values:
            await method(*ours, **values)
