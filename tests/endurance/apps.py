"""The apps that the servers under test serve.

One process has it all: ``/own/...`` of Holdfast, ``/plain/...`` under the guard, and ``/bare/...``,
the same without. ``quick`` has short deadlines, ``stock`` the default ones; ``patient`` bears with
who is stuck for longer than a test needs to connect everybody.
"""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import FastAPI

from holdfast import Deadlines, Holdfast, HoldfastGuard, Limits
from tests.endurance import own, plain
from tests.endurance.counts import Counts, at_rest

# A clean-up takes 0.3 s, and may take much longer on a machine that has much else to do.
QUICK = Deadlines(send_timeout=1.0, close_timeout=1.0, grace=1.0, cleanup_timeout=5.0)
NEWS = 0.05  # seconds between two publications to everybody


class Worn:
    """The app, and a publisher that starts with the first request: daphne has no lifespan."""

    def __init__(self, deadlines: Deadlines) -> None:
        self.counts = Counts()
        limits = Limits()
        self.app, self.hf = own.build(self.counts, deadlines, limits)
        self.app.include_router(plain.routes(self.counts), prefix="/plain")
        self.app.add_middleware(HoldfastGuard, deadlines=deadlines, limits=limits)
        self.bare = FastAPI()
        self.bare.include_router(plain.routes(self.counts), prefix="/bare")
        self._publisher: asyncio.Task[None] | None = None
        self.published = 0
        add_controls(self)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan" and self._publisher is None:
            self._publisher = asyncio.create_task(publish(self))
        app = self.bare if scope.get("path", "").startswith("/bare/") else self.app
        await app(scope, receive, send)


async def publish(worn: Worn) -> None:
    """Numbered news for everybody, without end."""
    while True:
        await worn.hf.publish("all", f"news {worn.published:08d}")
        worn.published += 1
        await asyncio.sleep(NEWS)  # pacing


def add_controls(worn: Worn) -> None:
    """What a test asks the process."""

    @worn.app.get("/state")
    async def state() -> dict[str, Any]:
        return worn.counts.report() | registries(worn.hf, worn.app) | {"news": worn.published}

    @worn.app.get("/rest")
    async def rest() -> dict[str, Any]:
        return worn.counts.report() | registries(worn.hf, worn.app) | at_rest()

    @worn.app.post("/disconnect-all")
    async def disconnect_all() -> int:
        """Close everybody from this side."""
        found = worn.hf.connections
        for conn in found:
            conn.lapsed(3011, "closed by the test")
        return len(found)


def registries(hf: Holdfast, app: FastAPI) -> dict[str, int]:
    """Who is registered where."""
    guard = getattr(app.state, "holdfast_guard", None)
    statistics = hf.statistics()
    subscribed = sum(len(conn.subscriptions) for conn in hf.connections)
    guarded = list(guard.connections) if guard is not None else []
    outlets = [*(conn.link for conn in hf.connections), *(one.outlet for one in guarded)]
    return {
        "connections": statistics.connections,
        "opened": statistics.opened,
        "aborted": statistics.aborted,
        "channels": statistics.channels,
        "subscribed": subscribed,
        "streams": len(hf.streams),
        "outboxes": statistics.memory,
        "stuck": sum(outlet.unfinished for outlet in outlets),
        "guarded": len(guarded),
        "admitted": admitted(hf, guard),
    }


def admitted(hf: Holdfast, guard: Any) -> int:
    """Whom the gates still count."""
    gates = [hf._gate] if guard is None else [hf._gate, guard.gate]
    return sum(gate.admission.total for gate in gates)


quick = Worn(QUICK)
stock = Worn(Deadlines())
patient = Worn(Deadlines(send_timeout=20.0))
