"""Who is measured."""

import importlib.util
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench import build

NODE = Path(__file__).parent / "node"
SERVERS = Path(__file__).parent / "servers"


@dataclass(frozen=True)
class Peer:
    """One server program, and what it takes to run it."""

    name: str
    """On the command line and in the results."""
    title: str
    """In the tables."""
    command: Callable[[], list[str]]
    """The words that start it; ``{port}`` stands for the port."""
    modules: tuple[str, ...] = ()
    package: str = ""
    """What to install where a module is missing."""
    dialect: str = "plain"
    channels: bool = True
    """Whether a client can be in several."""
    node: str = ""
    """A package of bench/node."""
    ours: bool = False

    @property
    def missing(self) -> str:
        """One sentence if it cannot run here, else nothing."""
        if self.node:
            return _missing_on_node(self.title, self.node)
        for module in self.modules:
            if not _found(module):
                return f"{self.title} is left out: no module {module} ({self.package}) here."
        return ""


def _found(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:
        return False


def _missing_on_node(title: str, package: str) -> str:
    if not shutil.which("node"):
        return f"{title} is left out: there is no Node here."
    if not (NODE / "node_modules" / package).exists():
        return f"{title} is left out: run `npm ci` in bench/node."
    return ""


def _uvicorn(app: str, protocol: str = "websockets-sansio") -> Callable[[], list[str]]:
    words = [sys.executable, "-m", "uvicorn", f"bench.servers.{app}:app", "--port", "{port}"]
    words += ["--ws", protocol, "--ws-per-message-deflate", "false"]
    return lambda: [*words, "--log-level", "warning", "--backlog", "4096"]


def _script(name: str) -> Callable[[], list[str]]:
    return lambda: [sys.executable, str(SERVERS / name), "{port}"]


def _node(name: str) -> Callable[[], list[str]]:
    return lambda: ["node", str(NODE / name), "{port}"]


def _daphne() -> list[str]:
    words = [sys.executable, "-m", "daphne", "--port", "{port}", "--verbosity", "0"]
    return [
        *words,
        "--websocket_timeout",
        "-1",
        "--websocket_connect_timeout",
        "60",
        "bench.servers.django_app:app",
    ]


def _floor() -> list[str]:
    """The C program, or the Python loop."""
    made = build.floor()
    return _script("floor_app.py")() if made is None else [str(made), "{port}"]


def floor_title() -> str:
    """Which of the two floors it is."""
    how = (
        "C, a send() for each" if build.floor() else "no C compiler: Python, an os.write() for each"
    )
    return f"floor ({how})"


OWN = "holdfast.server:Protocol"


def _holdfast(name: str, title: str, app: str, channels: bool = True) -> Peer:
    """On its own server."""
    modules = ("uvicorn", "holdfast.server")
    return Peer(name, title, _uvicorn(app, OWN), modules, "holdfast", channels=channels, ours=True)


def _tutorial(protocol: str, module: str) -> Peer:
    """On one of uvicorn's implementations."""
    name = protocol.removeprefix("websockets-")
    title = f"tutorial on uvicorn, {protocol}"
    modules = ("uvicorn", "fastapi", module)
    command = _uvicorn("tutorial_app", protocol)
    return Peer(f"tutorial-{name}", title, command, modules, "uvicorn[standard]", channels=False)


FLOOR = Peer("floor", "floor", _floor)
HOLDFAST = _holdfast("holdfast", "Holdfast, Endpoint classes", "endpoint_app")
HANDLER = _holdfast("holdfast-handler", "Holdfast, handler functions", "holdfast_app")
PLAIN = _holdfast("tutorial-holdfast", "tutorial on Holdfast's server", "tutorial_app", False)
STOCK = Peer(
    "holdfast-uvicorn",
    "Holdfast on uvicorn, websockets-sansio",
    _uvicorn("holdfast_app"),
    ("uvicorn", "websockets"),
    "uvicorn[standard]",
    ours=True,
)
SANSIO = _tutorial("websockets-sansio", "websockets")
OTHERS = (
    Peer(
        "websockets",
        "websockets, broadcast()",
        _script("websockets_app.py"),
        ("websockets.asyncio.server",),
        "websockets",
        channels=False,
    ),
    Peer("picows", "picows", _script("picows_app.py"), ("picows",), "picows", channels=False),
    Peer("socketify", "socketify", _script("socketify_app.py"), ("socketify",), "socketify"),
    Peer("litestar", "Litestar channels", _uvicorn("litestar_app"), ("litestar",), "litestar"),
    Peer(
        "python-socketio",
        "python-socketio",
        _uvicorn("socketio_app"),
        ("uvicorn", "socketio"),
        "python-socketio",
        "socketio",
    ),
    Peer(
        "django-channels",
        "Django Channels, daphne",
        _daphne,
        ("channels", "daphne"),
        "channels and daphne",
    ),
    Peer("ws", "Node, ws", _node("ws.js"), channels=False, node="ws"),
    Peer(
        "socket.io", "Node, Socket.IO", _node("socketio.js"), dialect="socketio", node="socket.io"
    ),
)
PEERS = (
    *(FLOOR, HOLDFAST, HANDLER, STOCK, PLAIN, SANSIO),
    *(_tutorial("websockets", "websockets"), _tutorial("wsproto", "wsproto")),
    *OTHERS,
)

PACKAGES = (
    *("holdfast", "fastapi", "starlette", "uvicorn", "uvloop", "websockets", "wsproto"),
    *(
        "python-socketio",
        "python-engineio",
        "litestar",
        "channels",
        "channels-redis",
        "redis",
        "daphne",
        "socketify",
        "picows",
    ),
)


def versions() -> str:
    """Of what is here."""
    found = [f"{name} {number}" for name in PACKAGES if (number := _version(name))]
    for name in ("ws", "socket.io"):
        path = NODE / "node_modules" / name / "package.json"
        found += [f"{name} {json.loads(path.read_text())['version']}"] if path.exists() else []
    return ", ".join(found)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
