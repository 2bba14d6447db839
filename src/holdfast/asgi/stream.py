"""``@hf.stream``: one producer for all viewers of the same parameters."""

import hashlib
import inspect
from collections.abc import Callable
from typing import Any, get_args

import msgspec
from fastapi import params
from starlette.background import BackgroundTasks
from starlette.requests import HTTPConnection
from starlette.responses import Response
from typing_extensions import override

from holdfast.asgi.connection import Connection
from holdfast.asgi.depend import typed_signature
from holdfast.asgi.entrance import refuse
from holdfast.asgi.producer import Producer, StreamInfo, StreamOptions
from holdfast.asgi.registration import is_connection
from holdfast.asgi.runtime import Runtime
from holdfast.asgi.viewer import Viewer, ViewerOptions, stay
from holdfast.backplane.port import NAME_LIMIT, RESERVED
from holdfast.errors import ConfigurationError, TooManyStreams


class Stream(Viewer):
    """A registered stream and its producers, on every event loop."""

    def __init__(
        self,
        function: Callable[..., Any],
        path: str,
        runtime: Callable[[], Runtime],
        viewing: ViewerOptions,
        options: StreamOptions,
    ) -> None:
        check_producer(function, options)
        options.channel().check(path)
        signature = typed_signature(function)
        check_parameters(function, signature)
        super().__init__(function, signature, runtime, viewing)
        self.path = path
        self.name = path
        self._producing = options
        self._producers: dict[tuple[int, str], Producer] = {}

    @property
    def infos(self) -> list[StreamInfo]:
        """What runs now."""
        return [self._info(producer) for producer in self._running()]

    @override
    async def view(self, conn: Connection[Any], values: dict[str, Any]) -> None:
        try:
            producer = self._producer(values)
        except TooManyStreams as error:
            refuse(conn.http, 503, str(error))
        producer.expect(conn)
        try:
            await conn.accept()
            complete = await producer.attach(conn, self.position(conn))
        except BaseException:
            producer.detach(conn)
            raise
        await stay(conn, complete, self.path, producer.detach)

    def _producer(self, values: dict[str, Any]) -> Producer:
        """The producer for these parameters, made if there is none."""
        runtime = self.runtime()
        name = channel_name(self.name, values)
        key = (id(runtime), name)
        producer = self._producers.get(key)
        if producer is None:
            self._make_room()
            producer = Producer(self.function, values, self._producing, runtime, name)
            producer.on_over = lambda: self._forget(key)
            self._producers[key] = producer
        return producer

    def _running(self) -> list[Producer]:
        """Also those that have ended a short while ago; not those whose event loop is closed."""
        return [producer for producer in list(self._producers.values()) if not producer.orphaned]

    def _make_room(self) -> None:
        for key in [key for key, producer in self._producers.items() if producer.orphaned]:
            self._forget(key)
        if len(self._producers) < self._producing.max_streams:
            return
        idle = [key for key, p in self._producers.items() if p.state == "ended" and not p.viewers]
        if not idle:
            raise TooManyStreams(
                f"{self.path}: {self._producing.max_streams} different streams run already "
                "(max_streams)"
            )
        self._producers[idle[0]].discard()

    def _forget(self, key: tuple[int, str]) -> None:
        self._producers.pop(key, None)

    def _info(self, producer: Producer) -> StreamInfo:
        return StreamInfo(
            self.path,
            producer.parameters,
            len(producer.viewers),
            producer.published,
            producer.failures,
            producer.last_error,
            producer.state,
        )


def channel_name(path: str, values: dict[str, Any]) -> str:
    """The channel of a stream with these parameters; hashed where they are long."""
    text = msgspec.json.encode(sorted(values.items()), enc_hook=repr).decode()
    name = f"{RESERVED}stream:{path}?{text}" if values else f"{RESERVED}stream:{path}"
    if len(name) <= NAME_LIMIT:
        return name
    return f"{RESERVED}stream:" + hashlib.sha256(name.encode()).hexdigest()


def check_producer(function: Callable[..., Any], options: StreamOptions) -> None:
    """Raise for a function and options that do not fit each other."""
    name = getattr(function, "__qualname__", repr(function))
    generator = inspect.isasyncgenfunction(function)
    if inspect.isgeneratorfunction(function):
        problem = "is a sync generator, which would block the loop: make it `async def`"
    elif generator and options.every is not None:
        problem = "is a generator and sets its own pace: leave out every="
    elif not generator and options.every is None:
        problem = "neither yields nor has an interval: give every=SECONDS or make it a generator"
    elif options.append and not generator:
        problem = "returns values: append=True is for async generators of text"
    elif options.every is not None and options.every <= 0:
        problem = f"has every={options.every!r}: expected seconds > 0"
    elif options.keep < 0 or options.linger < 0 or options.max_streams < 1:
        problem = "has keep or linger below 0 seconds, or max_streams below 1"
    elif options.key is not None and options.channel().overflow != "latest_by_key":
        problem = "has a key=, which nothing uses: it is for overflow='latest_by_key'"
    else:
        return
    raise ConfigurationError(f"stream {name} {problem}")


_NOT_PARAMETERS = (HTTPConnection, Response, BackgroundTasks)


def check_parameters(function: Callable[..., Any], signature: inspect.Signature) -> None:
    """Raise for anything but path and query parameters: a producer serves many viewers at once."""
    for name, parameter in signature.parameters.items():
        marks = [parameter.default, *get_args(parameter.annotation)[1:]]
        dependency = any(isinstance(mark, params.Depends) for mark in marks)
        other = any(isinstance(m, params.Header | params.Cookie | params.Body) for m in marks)
        annotation = parameter.annotation
        request = isinstance(annotation, type) and issubclass(annotation, _NOT_PARAMETERS)
        if dependency or other or request or is_connection(annotation):
            raise ConfigurationError(
                f"stream {function.__qualname__}: {name!r} is no path or query parameter, and one "
                "producer serves many viewers. Put what concerns one viewer into "
                "dependencies=[Depends(...)] of the decorator"
            )
