"""``Holdfast``: the object an application holds."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, Literal, TypeVar
from weakref import WeakSet

from fastapi import APIRouter, FastAPI, params

from holdfast.asgi.call import Call
from holdfast.asgi.channels import Channels
from holdfast.asgi.connection import Closed, Connection, check_close
from holdfast.asgi.deadlines import Deadlines
from holdfast.asgi.endpoint import Endpoint
from holdfast.asgi.gate import Gate
from holdfast.asgi.handler import Handler, HandlerOptions
from holdfast.asgi.health import health_router
from holdfast.asgi.inbox import InboxLimits
from holdfast.asgi.limits import Limits
from holdfast.asgi.producer import StreamInfo, StreamOptions
from holdfast.asgi.routes import Routes
from holdfast.asgi.runtime import Runtime
from holdfast.asgi.runtimes import Runtimes
from holdfast.asgi.stats import Statistics
from holdfast.asgi.stream import Stream
from holdfast.asgi.subscribe import Subscribe
from holdfast.asgi.viewer import ViewerOptions
from holdfast.errors import CloseCode
from holdfast.hub.log import Ring
from holdfast.hub.overflow import Overflow

HandlerT = TypeVar("HandlerT", bound=Callable[..., Coroutine[Any, Any, None]] | type[Endpoint[Any]])
ProducerT = TypeVar("ProducerT", bound=Callable[..., Any])
NamerT = TypeVar("NamerT", bound=Callable[..., str | Coroutine[Any, Any, str]])

EVERY: "WeakSet[Holdfast]" = WeakSet()  # of this process: holdfast.testing asks what is left


class Holdfast(Channels):
    """Connections, channels and streams of one application.

    >>> app = FastAPI()
    >>> hf = Holdfast(app, backplane="redis://localhost:6379")

    ``backplane``: what carries publications between processes; ``memory://`` is for one process.
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
        gate = Gate(origins, hosts, trusted_proxies, limits)
        self._routes = Routes(gate)
        self._gate = gate
        self._deadlines = deadlines or Deadlines()
        super().__init__(Runtimes(backplane, self._deadlines, gate.limits, self._warn))
        self._streams: list[Stream] = []
        EVERY.add(self)
        if app is not None:
            self.install(app)

    # -- registering ---------------------------------------------------------------------------

    def install(self, app: FastAPI) -> None:
        """Put this object's handlers on an app, those registered later too.

        Raises ``ConfigurationError`` if it was installed on that app before.
        """
        self._routes.install(app, self._runtimes.begin, self._runtimes.end)

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

    # -- connections ---------------------------------------------------------------------------

    @property
    def connections(self) -> list[Connection[Any]]:
        """The open connections of this process, viewers of streams too."""
        return [conn for runtime in self._runtimes.live() for conn in runtime.connections]

    @property
    def streams(self) -> list[StreamInfo]:
        """The streams that run, wait to restart, or have ended a short while ago."""
        return [info for stream in self._streams for info in stream.infos]

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
        for runtime in self._runtimes.live():
            for conn in runtime.connections_of(user):
                count += 1
                if runtime.loop is here:
                    conn.lapsed(*closed)
                else:
                    runtime.loop.call_soon_threadsafe(conn.lapsed, *closed)
        return count

    def statistics(self) -> Statistics:
        """Counters and sizes of this process, now."""
        runtimes = self._runtimes.live()
        health = self._runtimes.health
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
            backplane=health.away is None,
            outages=health.outages,
            waiting=health.waiting,
        )

    # -- the running parts ---------------------------------------------------------------------

    @property
    def backplane(self) -> str:
        """The backplane's URL, without user, password and options."""
        return self._runtimes.opener.name

    @property
    def ready(self) -> bool:
        """Whether the broker can be reached, as far as this process knows."""
        return self._runtimes.health.away is None

    def health_router(self) -> APIRouter:
        """``GET /healthz`` and ``GET /readyz``, for load balancers and orchestrators.

        >>> app.include_router(hf.health_router())
        """
        return health_router(self._runtimes.readiness)

    def runtime(self) -> Runtime:
        """The running parts on this event loop, started if they were not."""
        return self._runtimes.here()

    def _warn(self) -> None:
        self._routes.warn(self._runtimes.opener.exchange is not None)
