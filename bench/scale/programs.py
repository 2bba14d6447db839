"""Who is measured over a broker: the same applications as in ``bench.peers``, four workers each."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from bench.peers import Peer
from bench.servers.broker import HISTORY, LAYER

WORKERS = 4


@dataclass(frozen=True)
class Program:
    """A peer, and how its workers find each other."""

    peer: Peer
    kind: str
    """Of publisher, in ``bench.servers.outside``."""
    environment: dict[str, str] = field(default_factory=dict)
    workers: int = WORKERS
    least: float = 0.0
    """Times its deliveries per CPU-second that Holdfast has to make; 0: nothing is asked."""

    @property
    def name(self) -> str:
        """On the command line and in the results."""
        return self.peer.name

    @property
    def title(self) -> str:
        """In the tables."""
        return self.peer.title


def _holdfast(name: str, title: str, workers: int = WORKERS) -> Peer:
    script = Path(sys.executable).with_name("holdfast")
    command = [str(script), "run", "bench.servers.endpoint_app:app", *_options(workers)]
    modules = ("uvicorn", "holdfast.server", "redis")
    return Peer(name, title, lambda: command, modules, "holdfast[server,redis]", ours=True)


def _uvicorn(name: str, title: str, app: str, modules: tuple[str, ...], dialect: str) -> Peer:
    words = [sys.executable, "-m", "uvicorn", f"bench.servers.{app}:app", *_options(WORKERS)]
    words += ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false"]
    words += ["--backlog", "4096"]
    return Peer(name, title, lambda: words, ("uvicorn", "redis", *modules), modules[0], dialect)


def _options(workers: int) -> list[str]:
    return ["--port", "{port}", "--workers", str(workers), "--log-level", "warning"]


def _django(name: str, title: str) -> Peer:
    return _uvicorn(name, title, "django_app", ("channels_redis", "channels"), "plain")


HOLDFAST = Program(_holdfast("holdfast", "Holdfast"), "holdfast")
KEPT = Program(_holdfast("holdfast-history", "Holdfast, with history"), "holdfast", {HISTORY: "1"})
SOCKETIO = Program(
    _uvicorn(
        "python-socketio",
        "python-socketio, AsyncRedisManager",
        "socketio_app",
        ("socketio",),
        "socketio",
    ),
    "socketio",
    least=10,
)
PUBSUB = Program(
    _django("channels-pubsub", "Channels, RedisPubSubChannelLayer"),
    "django",
    {LAYER: "channels_redis.pubsub.RedisPubSubChannelLayer"},
    least=50,
)
QUEUES = Program(
    _django("channels", "Channels, RedisChannelLayer"),
    "django",
    {LAYER: "channels_redis.core.RedisChannelLayer"},
    least=50,
)
ALONE = Program(
    _holdfast("holdfast-alone", "Holdfast, one worker, no Redis", 1), "holdfast", workers=1
)
PROGRAMS = (HOLDFAST, KEPT, SOCKETIO, PUBSUB, QUEUES, ALONE)
