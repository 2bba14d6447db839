"""``Holdfast``: the object an application holds."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar
from weakref import WeakSet

from fastapi import APIRouter, FastAPI, params

from holdfast.asgi.call import Call, off_loop, on_loop
from holdfast.asgi.codec import encode, message_for
from holdfast.asgi.connection import Closed, Connection, check_close
from holdfast.asgi.deadlines import Deadlines
from holdfast.asgi.endpoint import Endpoint
from holdfast.asgi.gate import Gate
from holdfast.asgi.handler import Handler, HandlerOptions
from holdfast.asgi.inbox import InboxLimits
from holdfast.asgi.limits import Limits
from holdfast.asgi.producer import StreamInfo, StreamOptions
from holdfast.asgi.routes import Routes
from holdfast.asgi.runtime import EVERYONE, Runtime
from holdfast.asgi.stats import Member, Statistics, members
from holdfast.asgi.stream import Stream
from holdfast.asgi.subscribe import Subscribe
from holdfast.asgi.viewer import ViewerOptions
from holdfast.backplane.memory import Exchange, Memory
from holdfast.backplane.port import Message, Position
from holdfast.errors import CloseCode, ConfigurationError
from holdfast.hub.budget import Budget
from holdfast.hub.log import Ring
from holdfast.hub.options import ChannelOptions, History, OptionTable, check_name
from holdfast.hub.overflow import Overflow

HandlerT = TypeVar("HandlerT", bound=Callable[..., Coroutine[Any, Any, None]] | type[Endpoint[Any]])
ProducerT = TypeVar("ProducerT", bound=Callable[..., Any])
NamerT = TypeVar("NamerT", bound=Callable[..., str | Coroutine[Any, Any, str]])

EVERY: "WeakSet[Holdfast]" = WeakSet()  # of this process: holdfast.testing asks what is left


class Holdfast:
    """Connections, channels and streams of one application.

    >>> app = FastAPI()
    >>> hf = Holdfast(app)

    ``origins``: pages that may connect beside those of the same origin; ``["*"]`` for all.
    ``hosts``: the names this server answers to, ``*.`` for sub-domains; without it any.
    ``trusted_proxies``: addresses or networks whose X-Forwarded-For, Forwarded and
    X-Forwarded-Host count. ``limits``: how much a client, and all of them, may take.
    ``deadlines``: how long things may take. Raises ``ConfigurationError`` for values that cannot
    work.
    """

    def __init__(
        self,
        app: FastAPI | None = None,
        *,
        backplane: str = "memory://",
        origins: Iterable[str] = (),
        hosts: Iterable[str] = (),
        trusted_proxies: Iterable[str] = (),
        limits: Limits | None = None,
        deadlines: Deadlines | None = None,
    ) -> None:
        if backplane not in ("memory", "memory://"):
            raise ConfigurationError(
                f"backplane={backplane!r}: this version has the memory backplane only (one "
                "process); leave the argument out"
            )
        self._exchange = Exchange()
        self._options = OptionTable()
        self._gate = Gate(origins, hosts, trusted_proxies, limits)
        self._routes = Routes(self._gate)
        self._deadlines = deadlines or Deadlines()
        self._budget = Budget(self._gate.limits.memory)
        self._runtimes: dict[int, Runtime] = {}
        self._streams: list[Stream] = []
        EVERY.add(self)
        if app is not None:
            self.install(app)

    # -- registering ---------------------------------------------------------------------------

    def install(self, app: FastAPI) -> None:
        """Put this object's handlers on an app, those registered later too.

        Raises ``ConfigurationError`` if it was installed on that app before.
        """
        self._routes.install(app, lambda: self.runtime().begin(), self._stop)

    def websocket(
        self,
        path: str,
        *,
        router: APIRouter | None = None,
        user: Any = None,
        accept: bool = True,
        envelope: bool = False,
        inbox: InboxLimits | None = None,
        adopt: bool = True,
        dependencies: Sequence[params.Depends] = (),
    ) -> Callable[[HandlerT], HandlerT]:
        """Register an ``async def`` handler, or an ``Endpoint`` class, for WebSocket connections.

        ``user=Depends(f)`` sets ``conn.user``. With ``accept=False`` the handler accepts by itself.
        ``envelope`` wraps publications with channel, offset and epoch. ``router`` registers on a
        router of yours instead of on the app. On ``holdfast.server`` an ``Endpoint``'s connections
        are adopted: middlewares see their handshakes only, unless ``adopt`` is false. Raises
        ``ConfigurationError`` for a handler that could not work.

        >>> @hf.websocket("/ws/{room}")
        ... async def chat(conn: Connection[str], room: str) -> None: ...
        """

        def register(target: HandlerT) -> HandlerT:
            options = HandlerOptions(user, accept, envelope, inbox or InboxLimits(), adopt)
            endpoint = Handler(target, self.runtime, options).endpoint()
            self._routes.place(path, endpoint, router, dependencies)
            return target

        return register

    def stream(
        self,
        path: str,
        *,
        every: float | None = None,
        append: bool = False,
        keep: float = 60.0,
        linger: float = 0.0,
        max_streams: int = 1000,
        overflow: Overflow | None = None,
        key: Callable[[Any], str] | None = None,
        ring: Ring | None = None,
        flush_interval: float = 0.0,
        since: int | Literal["all"] | None = None,
        user: Any = None,
        envelope: bool = False,
        sse: bool = True,
        adopt: bool = True,
        router: APIRouter | None = None,
        dependencies: Sequence[params.Depends] = (),
    ) -> Callable[[ProducerT], ProducerT]:
        """Register a producer, which runs once for all viewers with the same parameters.

        It starts with the first viewer and stops ``linger`` seconds after the last. With ``every``
        a function is called each so many seconds, a ``def`` in a thread; a new viewer gets the
        latest value at once, or the last ``since`` (with ``overflow="skip"``: ``latest`` is one).
        An async generator's values are published as they come; its end closes the viewers with
        1000, and the log stays for ``keep`` seconds. ``append`` is for text: who comes late, or
        falls behind, gets the text so far in one message. ``key`` names what a value is of, for
        ``overflow="latest_by_key"``; ``ring`` and ``flush_interval`` are those of ``channel``. A
        viewer that comes back with ``?since=EPOCH-OFFSET`` (of the envelope) goes on after that.

        Path and query parameters tell streams apart, up to ``max_streams``. What concerns one
        viewer goes into ``dependencies``. A producer that fails is restarted with backoff.
        ``adopt`` is that of ``websocket``.

        >>> @hf.stream("/ws/metrics", every=1.0)
        ... async def metrics() -> dict[str, float]: ...
        """

        def register(function: ProducerT) -> ProducerT:
            viewing = ViewerOptions(user, envelope, sse, adopt)
            options = StreamOptions(
                every,
                append,
                keep,
                linger,
                max_streams,
                overflow,
                since,
                key,
                ring or Ring(),
                flush_interval,
            )
            stream = Stream(function, path, self.runtime, viewing, options)
            if twins := sum(other.path == path for other in self._streams):  # on other routers
                stream.name = f"{path}#{twins + 1}"
            self._streams.append(stream)
            self._routes.place_viewer(path, stream, router, dependencies)
            return function

        return register

    def subscribe(
        self,
        path: str,
        *,
        since: int | Literal["all"] | None = None,
        user: Any = None,
        envelope: bool = False,
        sse: bool = True,
        adopt: bool = True,
        router: APIRouter | None = None,
        dependencies: Sequence[params.Depends] = (),
    ) -> Callable[[NamerT], NamerT]:
        """Register a channel endpoint: the function returns the channel its client listens to.

        It takes what any FastAPI endpoint takes, and refuses with an HTTPException. ``since``
        first sends the last ``n`` publications that are kept, or ``"all"``. A client that comes
        back with ``?since=EPOCH-OFFSET`` (of the envelope) goes on after that.

        >>> @hf.subscribe("/ws/orders/{id}")
        ... async def order(id: int, user: User = Depends(current_user)) -> str:
        ...     return f"orders.{id}"
        """

        def register(function: NamerT) -> NamerT:
            options = ViewerOptions(user, envelope, sse, adopt)
            viewer = Subscribe(function, self.runtime, options, since)
            self._routes.place_viewer(path, viewer, router, dependencies)
            return function

        return register

    # -- channels ------------------------------------------------------------------------------

    def channel(
        self,
        pattern: str,
        *,
        history: History | None = None,
        overflow: Overflow = "close",
        ring: Ring | None = None,
        fold_bytes: int = 1 << 20,
        flush_interval: float = 0.0,
    ) -> None:
        """Set the options of all channels whose name fits the pattern.

        ``{...}`` stands for any text; of several patterns the one with most literal text counts.
        Channels that exist already keep what they have.

        With a ``flush_interval``, publications go out at most once in so many seconds (sooner when
        a quarter of the ring waits). Where the overflow policy is ``latest`` or
        ``latest_by_key``, only the newest of them, or of each key, do.

        >>> hf.channel("chat:{room}", history=History(size=100, ttl=300))
        """
        options = ChannelOptions(overflow, ring or Ring(), history, fold_bytes, flush_interval)
        self._options.add(check_name(pattern), options)

    # -- publishing ----------------------------------------------------------------------------

    def publish(
        self, channel: str, data: Any, *, key: str | None = None, tags: Mapping[str, str] = {}
    ) -> Coroutine[Any, Any, Position]:
        """Publish to everyone subscribed to a channel; returns the publication's position.

        Returns when the backplane has accepted it, which says nothing of who has received it.
        Waits, up to ``Deadlines.publish_wait`` seconds, for a subscriber that fell behind just now
        and would be lapped. ``key`` serves ``latest_by_key``; ``tags`` serve ``join(where=...)``.
        Raises ``WrongThread`` off the loop, ``TypeError`` for data that JSON cannot say.

        >>> position = await hf.publish("orders.7", {"state": "shipped"})
        """
        on_loop("hf.publish", "hf.publish_threadsafe")
        message = message_for(channel, data, key, tags)
        return Call(f"hf.publish({channel!r}, ...)", self.runtime().publish(channel, message))

    def publish_nowait(
        self, channel: str, data: Any, *, key: str | None = None, tags: Mapping[str, str] = {}
    ) -> None:
        """Publish without waiting for anybody: a subscriber that fell behind may be lapped."""
        on_loop("hf.publish_nowait", "hf.publish_threadsafe")
        self.runtime().publish_nowait(channel, message_for(channel, data, key, tags))

    def publish_threadsafe(
        self, channel: str, data: Any, *, key: str | None = None, tags: Mapping[str, str] = {}
    ) -> Position:
        """Publish from a thread, such as a ``def`` endpoint: blocks until it is accepted.

        Raises ``WrongThread`` on the event loop, which it would block.
        """
        message = message_for(channel, data, key, tags)
        off_loop("hf.publish_threadsafe", "`await hf.publish(...)`")
        for runtime in self._live():
            if not runtime.loop.is_running():  # it would never answer; it takes it when it runs
                continue
            publishing = runtime.publish(channel, message)
            return asyncio.run_coroutine_threadsafe(publishing, runtime.loop).result()
        return self._exchange.publish(channel, message)  # no loop yet: nobody to wait for

    def broadcast(self, data: Any) -> Coroutine[Any, Any, Position]:
        """Send to every connection of every handler and ``Endpoint``; streams carry their own."""
        on_loop("hf.broadcast", "hf.publish_threadsafe on a channel")
        message = Message(encode(data))
        return Call("hf.broadcast(...)", self.runtime().publish(EVERYONE, message))

    # -- connections ---------------------------------------------------------------------------

    @property
    def connections(self) -> list[Connection[Any]]:
        """The open connections of this process, viewers of streams too."""
        return [conn for runtime in self._live() for conn in runtime.connections]

    @property
    def streams(self) -> list[StreamInfo]:
        """The streams that run, wait to restart, or have ended a short while ago."""
        return [info for stream in self._streams for info in stream.infos]

    def presence(self, channel: str) -> Coroutine[Any, Any, list[Member]]:
        """Who is subscribed to a channel, in this process: each user once.

        >>> names = [member.user for member in await hf.presence("chat:lobby")]
        """
        return Call(f"hf.presence({channel!r})", self._presence(check_name(channel)))

    async def _presence(self, channel: str) -> list[Member]:
        return members(user for runtime in self._live() for user in runtime.present(channel))

    def disconnect(
        self, *, user: Any, code: int = CloseCode.DISCONNECTED, reason: str = ""
    ) -> Coroutine[Any, Any, int]:
        """Close every connection of a user; returns how many.

        ``user`` is compared with ``conn.user``, and with its ``id`` where it has one.
        """
        check_close(code, reason)
        return Call("hf.disconnect(...)", self._disconnect(user, Closed(code, reason)))

    async def _disconnect(self, user: Any, closed: Closed) -> int:
        here = asyncio.get_running_loop()
        count = 0
        for runtime in self._live():
            for conn in runtime.connections_of(user):
                count += 1
                if runtime.loop is here:
                    conn.lapsed(*closed)
                else:
                    runtime.loop.call_soon_threadsafe(conn.lapsed, *closed)
        return count

    def statistics(self) -> Statistics:
        """Counters and sizes of this process, now."""
        runtimes = self._live()
        return Statistics(
            connections=sum(len(runtime.hub.connections) for runtime in runtimes),
            channels=sum(len(runtime.hub.channels) for runtime in runtimes),
            opened=sum(runtime.stats.opened for runtime in runtimes),
            published=sum(runtime.stats.published for runtime in runtimes),
            delivered=sum(runtime.hub.written for runtime in runtimes),
            missed=sum(runtime.stats.missed for runtime in runtimes),
            aborted=sum(runtime.watch.aborted for runtime in runtimes),
            memory=sum(runtime.hub.share.memory for runtime in runtimes),
            shed=sum(runtime.hub.share.shed for runtime in runtimes),
            trimmed=sum(runtime.hub.share.trimmed for runtime in runtimes),
        )

    # -- the running parts ---------------------------------------------------------------------

    def runtime(self) -> Runtime:
        """The running parts on this event loop, started if they were not."""
        loop = asyncio.get_running_loop()
        runtime = self._runtimes.get(id(loop))
        if runtime is None or runtime.loop is not loop:
            runtime = Runtime(
                Memory(self._exchange),
                self._options,
                self._deadlines,
                self._gate.limits,
                self._budget,
            )
            self._runtimes = {id(r.loop): r for r in [*self._live(), runtime]}
            self._routes.warn()
        return runtime

    def _live(self) -> list[Runtime]:
        return [r for r in list(self._runtimes.values()) if not r.loop.is_closed()]

    async def _stop(self) -> None:
        runtime = self.runtime()
        runtime.lifespans -= 1
        if runtime.lifespans <= 0:  # other apps on this loop may still run
            del self._runtimes[id(runtime.loop)]
            await runtime.stop()
