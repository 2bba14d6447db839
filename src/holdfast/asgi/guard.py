"""``HoldfastGuard``: one line that keeps unchanged ``@app.websocket`` code from leaking."""

import asyncio
import inspect
import logging
import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from starlette.applications import Starlette

from holdfast.asgi.admission import Refusal
from holdfast.asgi.deadlines import Deadlines
from holdfast.asgi.gate import Gate, answer
from holdfast.asgi.guarded import GUARD, Guarded
from holdfast.asgi.inbox import InboxLimits
from holdfast.asgi.lifecycle import State
from holdfast.asgi.limits import Limits
from holdfast.asgi.middleware import in_the_way
from holdfast.asgi.offspring import note_tasks
from holdfast.asgi.reach import Send, hidden
from holdfast.asgi.rescue import Rescues
from holdfast.asgi.runtime import cleaned_up
from holdfast.asgi.tuning import Tuning
from holdfast.sockets.watch import Watch

HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])

NONE = Limits(
    message_bytes=None,
    rate=None,
    handshake=None,
    connections_per_user=None,
    connections_per_address=sys.maxsize,  # for None bounds public ones
)
INBOX = InboxLimits(messages=1024, bytes=1024 * 1024)

log = logging.getLogger("holdfast")


class HoldfastGuard:
    """ASGI middleware: every WebSocket handler behind it ends when its client does.

    >>> app = FastAPI()
    >>> app.add_middleware(HoldfastGuard)  # last, so that it is the outermost

    A pump reads all the time, so that pongs and the close frame are seen while a handler is busy;
    ``inbox`` bounds what waits for it. Once the client is gone, ``receive`` tells and ``send``
    raises ``WebSocketDisconnect``, on every server; a handler that still runs after
    ``deadlines.grace`` seconds is cancelled, unless marked with ``@outlives_client``. A client
    that takes nothing for ``deadlines.send_timeout`` seconds is aborted. A handler's return closes
    with 1000, its failure with 1011. What it did so is in the log and in ``rescues()``.

    ``origins``, ``hosts``, ``trusted_proxies``: as for ``Holdfast``; pages of other origins are
    refused unless allowed. ``limits``: as for ``Holdfast``, but none unless given, for the code
    behind it was written without. Raises ``ConfigurationError`` for values that cannot work.
    """

    def __init__(
        self,
        app: Any,
        *,
        deadlines: Deadlines | None = None,
        inbox: InboxLimits | None = None,
        limits: Limits | None = None,
        origins: Iterable[str] = (),
        hosts: Iterable[str] = (),
        trusted_proxies: Iterable[str] = (),
    ) -> None:
        self.app = app
        self.gate = Gate(origins, hosts, trusted_proxies, limits or NONE)
        self.rescues = Rescues()
        """What it did so far: ``app.state.holdfast_guard.rescues()``."""
        self.deadlines = deadlines or Deadlines()
        self.inbox = inbox or INBOX
        self._loops: dict[int, Loop] = {}
        self._told = False

    @property
    def connections(self) -> list[Guarded]:
        """The open ones that it guards; Holdfast's own are not among them."""
        return [guarded for loop in self._loops.values() for guarded in list(loop.connections)]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Called by the server, or by the middleware before it."""
        app = scope.get("app")
        if isinstance(app, Starlette) and GUARD not in scope:
            app.state.holdfast_guard = self
            self._tell(app, scope, send)
        if scope["type"] == "lifespan":
            await self.app(scope, receive, self._after_clean_ups(send))
            return
        if scope["type"] != "websocket" or GUARD in scope:  # or a guard of an outer app has it
            await self.app(scope, receive, send)
            return
        entered = self.gate.enter(scope, send)
        if isinstance(entered, Refusal):
            await receive()
            await answer(entered, scope, receive, send)
            return
        guarded = scope[GUARD] = Guarded(self._loop(), entered, scope, receive, send)
        try:
            async with entered:
                await guarded.run(self.app)
        except TimeoutError:
            if not entered.late:
                raise
            refusal = self.gate.late(entered)
            if not guarded.answered:
                await answer(refusal, scope, receive, send)
        finally:
            self._loop().over(guarded)

    def _after_clean_ups(self, send: Send) -> Send:
        """The ``send`` of a lifespan, which ends once cancelled handlers have cleaned up."""

        async def after(message: Any) -> None:
            if message["type"] == "lifespan.shutdown.complete":
                await cleaned_up(self._loop().cleaning(), self.deadlines)
            await send(message)

        return after

    def _loop(self) -> "Loop":
        running = asyncio.get_running_loop()
        note_tasks(running)  # again each time: another may have set a factory since
        loop = self._loops.get(id(running))
        if loop is None or loop.loop is not running:
            loop = Loop(running, self)
            alive = [old for old in self._loops.values() if not old.loop.is_closed()]
            self._loops = {id(each.loop): each for each in [*alive, loop]}
        return loop

    def _tell(self, app: Starlette, scope: Any, send: Send) -> None:
        """Once, at start-up or at the first handshake: whether something hides the server."""
        if self._told:
            return
        later: list[Any] = [entry.cls for entry in app.user_middleware]
        kinds = [cls for cls in later if inspect.isclass(cls)]
        if HoldfastGuard in kinds:
            later = later[: later.index(HoldfastGuard)]
        names = in_the_way(later)
        if scope["type"] == "websocket":
            self._told = True
            unknown = f"{getattr(send, '__module__', '')}.{getattr(send, '__qualname__', '')}"
            names = (names or [unknown]) if hidden(send) else []
        if names:
            self._told = True
            log.warning(
                "add HoldfastGuard last: %s, added after it, may hide the server's send. Sockets "
                "are then found by their addresses, which a proxy's headers may have changed",
                ", ".join(names),
            )


class Loop:
    """What the connections of one event loop share."""

    def __init__(self, loop: asyncio.AbstractEventLoop, guard: HoldfastGuard) -> None:
        self.loop = loop
        self.deadlines = guard.deadlines
        self.inbox = guard.inbox
        self.limits = guard.gate.limits
        self.rescues = guard.rescues
        self.watch = Watch(loop, guard.deadlines)
        self.tuning = Tuning(loop, guard.deadlines)
        self.connections: set[Guarded] = set()
        self.handlers: dict[Guarded, asyncio.Task[Any]] = {}

    def opened(self, guarded: Guarded) -> None:
        """It was accepted."""
        self.connections.add(guarded)
        if guarded._task is not None:
            self.handlers[guarded] = guarded._task
        self.tuning.add(guarded.outlet.reach, guarded.outlet.bounded)

    def ended(self, guarded: Guarded) -> None:
        """It is over."""
        self.connections.discard(guarded)

    def over(self, guarded: Guarded) -> None:
        """Its handler is, too."""
        self.handlers.pop(guarded, None)

    def cleaning(self) -> list[asyncio.Task[Any]]:
        """The handlers that have not come to their end, where only closing is left."""
        over = (State.FINISHING, State.OVER)
        return [task for guarded, task in self.handlers.items() if guarded.state not in over]


def outlives_client(handler: HandlerT) -> HandlerT:
    """Mark a WebSocket handler that works on when its client is gone: the guard never cancels it.

    >>> @app.websocket("/jobs")
    ... @outlives_client
    ... async def job(websocket: WebSocket) -> None: ...
    """
    handler.__holdfast_outlives_client__ = True  # type: ignore[attr-defined]
    return handler
