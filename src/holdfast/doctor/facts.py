"""What the rules look at: plain values. Where they come from is not the rules' business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where it would run."""

    platform: str = "linux"
    """As ``sys.platform`` says it."""
    files: int | None = None
    """Open files that a process may have (soft RLIMIT_NOFILE); None for no limit."""
    installed: Mapping[str, str] = field(default_factory=dict)
    """Version of each package that some rule asks about, by normalised name."""
    floors: Mapping[str, str] = field(default_factory=dict)
    """Lowest version of each package that this Holdfast supports."""

    def has(self, package: str) -> bool:
        """Whether it is installed."""
        return package in self.installed


class Protocol(StrEnum):
    """What speaks WebSocket in a server."""

    SANSIO = "websockets-sansio"
    WSPROTO = "wsproto"
    LEGACY = "websockets"
    OWN = "its own"
    """The server's own: of granian, daphne, gunicorn's `asgi` worker."""
    HOLDFAST = "holdfast"
    """``holdfast.server:Protocol`` under uvicorn."""
    OFF = "off"
    """Switched off by an option."""
    MISSING = "missing"
    """The library that it needs is not installed."""
    OTHER = "other"
    """A class of the user's, of which nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The server that runs the app, and how it was told to. Times in seconds."""

    name: str
    version: str
    engine: str
    """The server that speaks WebSocket: uvicorn under gunicorn's worker, else the same."""
    engine_version: str
    command: str = ""
    """What starts it, where that is not the server itself: fastapi."""
    protocol: Protocol = Protocol.OWN
    interface: str = "asgi"
    """How it calls the app."""
    loop: str = "asyncio"
    """asyncio, uvloop, trio; or the name of another."""
    workers: int = 1
    pings: float | None = None
    """Between pings; 0 where none are sent, None where nobody knows."""
    pong: float | None = None
    """For the answer to a ping; None where nobody waits for one, or nobody knows."""
    deflate: bool = False
    graceful: float | None = 0.0
    """For connections to end at shutdown; None for without end."""
    concurrency: int | None = None
    """Connections and requests at once, above which it answers 503."""
    max_requests: int | None = None
    """Requests after which a worker is replaced."""
    trusted: tuple[str, ...] = ()
    """Addresses whose X-Forwarded-For is believed."""
    logs_queries: bool = False
    """Whether it writes a handshake's query string to its log."""

    @property
    def label(self) -> str:
        """Its name and version, as in "gunicorn 23.0.0 with uvicorn 0.54.0"."""
        own = f"{self.name} {self.version}"
        if self.engine == self.name:
            return own
        return f"{own} with {self.engine} {self.engine_version}"


class Kind(StrEnum):
    """What a middleware does with a WebSocket."""

    GUARD = "guard"
    """``HoldfastGuard``."""
    CORS = "cors"
    """Passes it on, and answers HTTP by the Origin."""
    HTTP_ONLY = "http only"
    """Passes it on unseen, and works on HTTP: ``BaseHTTPMiddleware``."""
    PASSES = "passes"
    """Hands it on, or refuses it, and leaves its ``send`` as it is."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Middleware:
    """One middleware of an app."""

    name: str
    kind: Kind = Kind.UNKNOWN
    refuses: bool = False
    """Whether its code can answer 401, 403 or 429."""
    any_origin: bool = False
    """For a guard: whether every page may connect."""
    connections: int | None = None
    """For a guard: the most connections that it lets in; None for no limit."""
    trusts_all: bool = False
    """For a guard: whether every address is a trusted proxy's."""
    send_timeout: float | None = None
    """For a guard: its deadline for a client that takes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A WebSocket route."""

    path: str
    handler: str
    """The handler's name."""
    kind: str = "plain"
    """plain, or Holdfast's: handler, stream, subscribe."""
    secrets: tuple[str, ...] = ()
    """Query parameters whose name says that they are secret."""
    asks_origin: bool = False
    """Whether its code, or that of a dependency, mentions Origin."""
    behind: tuple[Middleware, ...] = ()
    """The middleware in front of it, the outermost first."""

    @property
    def plain(self) -> bool:
        """Whether the handler is not Holdfast's."""
        return self.kind == "plain"

    @property
    def guarded(self) -> bool:
        """Whether it runs behind ``HoldfastGuard``."""
        return any(one.kind is Kind.GUARD for one in self.behind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A ``Holdfast`` object."""

    memory: bool = True
    """Whether its channels are in the memory of the process."""
    channels: bool = True
    """Whether it has handlers beside streams, of which each process runs its own."""
    any_origin: bool = False
    """Whether every page may connect."""
    refuses: tuple[str, ...] = ()
    """Origins that a CORSMiddleware of the app allows, and this object does not."""
    trusts_all: bool = False
    """Whether every address is a trusted proxy's."""
    send_timeout: float = 5.0
    connections: int | None = None
    handlers: tuple[str, ...] = ()
    """Names of the handlers registered on it."""
    installed: bool = True
    """Whether it is on an app, or all its handlers on routers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The app."""

    routes: tuple[Route, ...] = ()
    """Its WebSocket routes, those of mounted apps too."""
    faults: tuple[str, ...] = ()
    """A sentence for each WebSocket route that no client will reach."""
    holdfasts: tuple[Installed, ...] = ()
    hides_queries: bool = False
    """Whether it keeps query strings out of uvicorn's log."""
    readable: bool = True
    """Whether its routes could be looked at: not those of a bare ASGI function."""

    @property
    def plain(self) -> tuple[Route, ...]:
        """The routes that are not Holdfast's."""
        return tuple(route for route in self.routes if route.plain)

    @property
    def unguarded(self) -> tuple[Route, ...]:
        """The plain routes that no guard is in front of."""
        return tuple(route for route in self.plain if not route.guarded)

    @property
    def guards(self) -> tuple[Middleware, ...]:
        """The guards in front of plain routes."""
        found = (one for route in self.plain for one in route.behind if one.kind is Kind.GUARD)
        return tuple(dict.fromkeys(found))

    @property
    def ours(self) -> tuple[Route, ...]:
        """Holdfast's routes."""
        return tuple(route for route in self.routes if not route.plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All of it. Without ``server`` nothing is said about one."""

    machine: Machine = Machine()
    server: Server | None = None
    app: Application = Application()

    @property
    def serves(self) -> bool:
        """Whether the app has WebSocket routes, or nobody can tell."""
        return bool(self.app.routes) or not self.app.readable
