"""``Holdfast``: the object an application holds."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from fastapi import APIRouter, Depends, FastAPI, params

from holdfast.asgi.call import Call, on_loop
from holdfast.asgi.codec import encode
from holdfast.asgi.connection import Closed, Connection, check_close
from holdfast.asgi.endpoint import Endpoint
from holdfast.asgi.handler import Handler, HandlerOptions
from holdfast.asgi.inbox import InboxLimits
from holdfast.asgi.origin import Origins
from holdfast.asgi.runtime import EVERYONE, Runtime
from holdfast.asgi.startup import Placed, explain_missing_websockets, route_faults, wrap_lifespan
from holdfast.asgi.watch import Deadlines
from holdfast.backplane.memory import Exchange, Memory
from holdfast.backplane.port import Message, Position
from holdfast.errors import CloseCode, ConfigurationError, WrongThread
from holdfast.hub.flow import PUBLISH_WAIT
from holdfast.hub.log import Ring
from holdfast.hub.options import ChannelOptions, History, OptionTable, check_name
from holdfast.hub.overflow import Overflow

log = logging.getLogger("holdfast")

HandlerT = TypeVar("HandlerT", bound=Callable[..., Coroutine[Any, Any, None]] | type[Endpoint[Any]])


class Holdfast:
    """Connections, channels and streams of one application.

    >>> app = FastAPI()
    >>> hf = Holdfast(app)

    ``origins``: pages that may connect beside those of the same origin; ``["*"]`` for all.
    ``trusted_proxies``: addresses or networks whose X-Forwarded-Host counts. ``deadlines``: how
    long things may take. ``publish_wait``: seconds that ``publish`` gives a subscriber that has
    just fallen behind. Raises ``ConfigurationError`` for values that cannot work.
    """

    def __init__(
        self,
        app: FastAPI | None = None,
        *,
        backplane: str = "memory://",
        origins: Iterable[str] = (),
        trusted_proxies: Iterable[str] = (),
        deadlines: Deadlines | None = None,
        publish_wait: float = PUBLISH_WAIT,
    ) -> None:
        if backplane not in ("memory", "memory://"):
            raise ConfigurationError(
                f"backplane={backplane!r}: this version has the memory backplane only (one "
                "process); leave the argument out"
            )
        self._exchange = Exchange()
        self._options = OptionTable()
        self._origins = Origins(origins, trusted_proxies)
        self._deadlines = deadlines or Deadlines()
        self._publish_wait = publish_wait
        self._runtimes: dict[int, Runtime] = {}
        self._placed: list[Placed] = []
        self._pending: list[Callable[[FastAPI], None]] = []
        self._apps: list[FastAPI] = []
        if app is not None:
            self.install(app)

    # -- registering ---------------------------------------------------------------------------

    def install(self, app: FastAPI) -> None:
        """Put this object's handlers on an app, those registered later too.

        Raises ``ConfigurationError`` if it was installed on that app before.
        """
        if any(app is other for other in self._apps):
            raise ConfigurationError(
                "this Holdfast is installed on that app already: Holdfast(app) installs it, "
                "install(app) is for apps given later"
            )
        self._apps.append(app)
        wrap_lifespan(app, lambda: self._start(app), self._stop)
        explain_missing_websockets(app, lambda: self._placed)
        for place in self._pending:
            place(app)

    def websocket(
        self,
        path: str,
        *,
        router: APIRouter | None = None,
        user: Any = None,
        accept: bool = True,
        envelope: bool = False,
        inbox: InboxLimits | None = None,
        dependencies: Sequence[params.Depends] = (),
    ) -> Callable[[HandlerT], HandlerT]:
        """Register an ``async def`` handler, or an ``Endpoint`` class, for WebSocket connections.

        ``user=Depends(f)`` sets ``conn.user``. With ``accept=False`` the handler accepts by itself.
        ``envelope`` wraps publications with channel, offset and epoch. ``router`` registers on a
        router of yours instead of on the app. Raises ``ConfigurationError`` for a handler that
        could not work.

        >>> @hf.websocket("/ws/{room}")
        ... async def chat(conn: Connection[str], room: str) -> None: ...
        """

        def register(target: HandlerT) -> HandlerT:
            options = HandlerOptions(user, accept, envelope, inbox or InboxLimits())
            endpoint = Handler(target, self.runtime, options).endpoint()
            self._place(path, endpoint, router, dependencies)
            return target

        return register

    def _place(
        self,
        path: str,
        endpoint: Callable[..., Any],
        router: APIRouter | None,
        dependencies: Sequence[params.Depends],
    ) -> None:
        checks = [Depends(self._origins.check), *dependencies]
        self._placed.append(Placed(path, endpoint, router))

        def place(target: FastAPI | APIRouter) -> None:
            target.add_api_websocket_route(path, endpoint, dependencies=checks)

        self._on(router, place)

    def _on(self, router: APIRouter | None, place: Callable[[Any], None]) -> None:
        """Do it to the router; or to every app, those installed later too."""
        if router is not None:
            place(router)
            return
        self._pending.append(place)
        for app in self._apps:
            place(app)

    # -- channels ------------------------------------------------------------------------------

    def channel(
        self,
        pattern: str,
        *,
        history: History | None = None,
        overflow: Overflow = "close",
        ring: Ring | None = None,
        fold_bytes: int = 1 << 20,
    ) -> None:
        """Set the options of all channels whose name fits the pattern.

        ``{...}`` stands for any text; of several patterns the one with most literal text counts.
        Channels that exist already keep what they have.

        >>> hf.channel("chat:{room}", history=History(size=100, ttl=300))
        """
        options = ChannelOptions(overflow, ring or Ring(), history, fold_bytes)
        self._options.add(check_name(pattern), options)

    # -- publishing ----------------------------------------------------------------------------

    def publish(
        self, channel: str, data: Any, *, key: str | None = None, tags: Mapping[str, str] = {}
    ) -> Call[Position]:
        """Publish to everyone subscribed to a channel; returns the publication's position.

        Returns when the backplane has accepted it, which says nothing of who has received it.
        Waits, up to ``publish_wait`` seconds, for a subscriber that fell behind just now and
        would be lapped. ``key`` serves ``latest_by_key``; ``tags`` serve ``join(where=...)``.
        Raises ``WrongThread`` off the loop, ``TypeError`` for data that JSON cannot say.

        >>> position = await hf.publish("orders.7", {"state": "shipped"})
        """
        on_loop("hf.publish", "hf.publish_threadsafe")
        message = _message(channel, data, key, tags)
        return Call(f"hf.publish({channel!r}, ...)", self.runtime().publish(channel, message))

    def publish_nowait(
        self, channel: str, data: Any, *, key: str | None = None, tags: Mapping[str, str] = {}
    ) -> None:
        """Publish without waiting for anybody: a subscriber that fell behind may be lapped."""
        on_loop("hf.publish_nowait", "hf.publish_threadsafe")
        self.runtime().publish_nowait(channel, _message(channel, data, key, tags))

    def publish_threadsafe(
        self, channel: str, data: Any, *, key: str | None = None, tags: Mapping[str, str] = {}
    ) -> Position:
        """Publish from a thread, such as a ``def`` endpoint: blocks until it is accepted.

        Raises ``WrongThread`` on the event loop, which it would block.
        """
        message = _message(channel, data, key, tags)
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            pass
        else:
            raise WrongThread(
                "hf.publish_threadsafe would block the event loop it runs on: "
                "use `await hf.publish(...)`"
            )
        for runtime in self._live():
            publishing = runtime.publish(channel, message)
            return asyncio.run_coroutine_threadsafe(publishing, runtime.loop).result()
        return self._exchange.publish(channel, message)  # no loop yet: nobody to wait for

    def broadcast(self, data: Any) -> Call[Position]:
        """Send to every connection of every handler and ``Endpoint``; streams carry their own."""
        on_loop("hf.broadcast", "hf.publish_threadsafe on a channel")
        message = _message(EVERYONE, data, None, {})
        return Call("hf.broadcast(...)", self.runtime().publish(EVERYONE, message))

    # -- connections ---------------------------------------------------------------------------

    @property
    def connections(self) -> list[Connection[Any]]:
        """The open connections of this process, viewers of streams too."""
        return [conn for runtime in self._live() for conn in runtime.connections]

    def disconnect(
        self, *, user: Any, code: int = CloseCode.DISCONNECTED, reason: str = ""
    ) -> Call[int]:
        """Close every connection of a user; returns how many.

        ``user`` is compared with ``conn.user``, and with its ``id`` where it has one.
        """
        check_close(code, reason)
        return Call("hf.disconnect(...)", self._disconnect(user, Closed(code, reason)))

    async def _disconnect(self, user: Any, closed: Closed) -> int:
        here = asyncio.get_running_loop()
        count = 0
        for runtime in self._live():
            for conn in runtime.connections:
                if conn.user is not None and user in (conn.user, getattr(conn.user, "id", None)):
                    count += 1
                    if runtime.loop is here:
                        conn.lapsed(*closed)
                    else:
                        runtime.loop.call_soon_threadsafe(conn.lapsed, *closed)
        return count

    def statistics(self) -> "Statistics":
        """Counters and sizes of this process, now."""
        runtimes = self._live()
        return Statistics(
            connections=sum(len(runtime.hub.connections) for runtime in runtimes),
            channels=sum(len(runtime.hub.channels) for runtime in runtimes),
            opened=sum(runtime.stats.opened for runtime in runtimes),
            published=sum(runtime.stats.published for runtime in runtimes),
            missed=sum(runtime.stats.missed for runtime in runtimes),
            aborted=sum(runtime.watch.aborted for runtime in runtimes),
        )

    # -- the running parts ---------------------------------------------------------------------

    def runtime(self) -> Runtime:
        """The running parts on this event loop, started if they were not."""
        loop = asyncio.get_running_loop()
        runtime = self._runtimes.get(id(loop))
        if runtime is None or runtime.loop is not loop:
            runtime = Runtime(
                Memory(self._exchange), self._options, self._deadlines, self._publish_wait
            )
            self._runtimes = {id(r.loop): r for r in [*self._live(), runtime]}
        return runtime

    def _live(self) -> list[Runtime]:
        return [r for r in list(self._runtimes.values()) if not r.loop.is_closed()]

    def _start(self, app: FastAPI) -> None:
        self.runtime()
        for fault in route_faults(app, self._placed):
            log.warning("%s", fault)

    async def _stop(self) -> None:
        runtime = self._runtimes.pop(id(asyncio.get_running_loop()), None)
        if runtime is not None:
            await runtime.stop()


class Statistics(msgspec.Struct, frozen=True):
    """What ``hf.statistics()`` returns; counters run since the process started."""

    connections: int
    channels: int
    opened: int
    published: int
    missed: int
    aborted: int


def _message(channel: str, data: Any, key: str | None, tags: Mapping[str, str]) -> Message:
    check_name(channel)
    for name, value in tags.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError(f"tags are pairs of str, not {name!r}: {value!r}")
    if key is not None and not isinstance(key, str):
        raise TypeError(f"key={key!r}: expected str")
    return Message(encode(data), key, tuple(sorted(tags.items())))
