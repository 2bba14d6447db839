"""Who is measured."""

import importlib.util
from dataclasses import dataclass


@dataclass(frozen=True)
class Peer:
    """One server program, and what it takes to run it."""

    name: str
    app: str
    dialect: str = "plain"
    module: str = "fastapi"
    package: str = "fastapi"

    @property
    def missing(self) -> str:
        """One sentence if it cannot run here, else nothing."""
        if importlib.util.find_spec(self.module) is not None:
            return ""
        return f"{self.name} is left out: install it with `pip install {self.package}`."


TUTORIAL = Peer("tutorial", "bench.servers.tutorial_app:app")
HOLDFAST = Peer("Holdfast", "bench.servers.holdfast_app:app", module="holdfast", package="holdfast")
SOCKETIO = Peer(
    "python-socketio",
    "bench.servers.socketio_app:app",
    dialect="socketio",
    module="socketio",
    package="python-socketio",
)
PEERS = (HOLDFAST, TUTORIAL, SOCKETIO)
