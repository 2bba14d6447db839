"""Facts about the app: its WebSocket routes, what stands in front of them, its Holdfast."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from holdfast.asgi.holdfast import EVERY, Holdfast
from holdfast.asgi.startup import Placed, route_faults, walk
from holdfast.asgi.stream import Stream
from holdfast.asgi.subscribe import Subscribe
from holdfast.doctor.facts import Application, Installed, Middleware, Route
from holdfast.doctor.middleware import around, cors_origins, kinds, trusts_all
from holdfast.doctor.source import mentions

MEMORY = "memory://"
LOCAL = ("://localhost", "://127.0.0.1", "://[::1]")

# Exactly these: a page_token or a session_id may be anything.
SECRETS = {
    *("token", "access_token", "auth_token", "id_token", "refresh_token", "session_token"),
    *("bearer", "bearer_token", "jwt", "jwt_token", "api_key", "apikey", "api_token"),
    *("secret", "client_secret", "password", "passwd", "authorization"),
}


def look_at_app(app: Any) -> Application:
    """What is known of it without running it. Any ASGI app: not every one has routes."""
    tour = Tour()
    tour.visit(app, "", ())
    if not tour.apps:
        return Application(readable=False)
    found = list(tour.holdfasts())
    return Application(
        routes=tuple(tour.routes),
        faults=tuple(tour.faults(found)),
        holdfasts=tuple(tour.installed(one) for one in found),
        hides_queries=hides_queries(),
    )


def hides_queries() -> bool:
    """Whether the program has put Holdfast's filter on uvicorn's logger."""
    filters = logging.getLogger("uvicorn.error").filters
    return any(type(one).__module__ == "holdfast.asgi.logs" for one in filters)


class Tour:
    """One walk through an app and what is mounted in it."""

    def __init__(self) -> None:
        self.apps: list[Any] = []
        self.routes: list[Route] = []
        self._endpoints: dict[int, list[Any]] = {}
        self._origins: list[str] = []

    def visit(self, app: Any, prefix: str, outside: Sequence[Middleware]) -> None:
        """Take note of the routes of one app, and go on into those mounted in it."""
        layers, app = around(app)
        if not hasattr(app, "routes") or any(app is other for other in self.apps):
            return
        self.apps.append(app)
        self._origins.extend(cors_origins(app))
        behind = (*outside, *layers)
        endpoints = self._endpoints[id(app)] = []
        for route in walk(app.routes):
            endpoint, path = getattr(route, "endpoint", None), getattr(route, "path", "")
            if "starlette.routing.WebSocketRoute" in kinds(type(route)):
                endpoints.append(endpoint)
                self.routes.append(read(route, prefix + path, behind))
            elif hasattr(route, "app") and hasattr(route, "routes"):  # a Mount, a Host
                self.visit(route.app, prefix + path, behind)

    def holdfasts(self) -> Iterator[Holdfast]:
        """Those on the apps visited, or on none: an object that is on another app is not ours."""
        for one in list(EVERY):
            apps = one._routes._apps
            if not apps or any(app is other for app in apps for other in self.apps):
                yield one

    def installed(self, one: Holdfast) -> Installed:
        """What the rules ask about it."""
        gate, placed = one._gate, one._routes._placed
        here = [endpoint for endpoints in self._endpoints.values() for endpoint in endpoints]
        absent = [place for place in placed if place.endpoint not in here]
        foreign = [origin for origin in self._origins if not any(p in origin for p in LOCAL)]
        allowed: Any = gate._origins
        return Installed(
            memory=one.backplane == MEMORY,
            channels=has_channels(one),
            any_origin=allowed._any,
            trusts_all=trusts_all(gate),
            refuses=tuple(one for one in foreign if not allowed.allows(one, None)),
            send_timeout=one._deadlines.send_timeout,
            connections=gate.limits.connections,
            handlers=tuple(place.name for place in absent or placed),
            installed=bool(one._routes._apps) or not absent,
        )

    def faults(self, found: Sequence[Holdfast]) -> Iterator[str]:
        """What ``route_faults`` says, of plain routes too."""
        for app in self.apps:
            endpoints = self._endpoints[id(app)]
            once = [one for one in endpoints if endpoints.count(one) == 1]
            yield from route_faults(app, [Placed("", endpoint, None) for endpoint in once])
        here = [endpoint for endpoints in self._endpoints.values() for endpoint in endpoints]
        for one in found:
            lost = [place for place in one._routes._placed if place.endpoint not in here]
            if one._routes._apps:
                yield from route_faults(self.apps[0], lost)


def has_channels(one: Holdfast) -> bool:
    """Whether it has handlers beside streams, of which each process runs its own."""
    kinds = (_kind(getattr(place.endpoint, "__holdfast__", None)) for place in one._routes._placed)
    return any(kind != "stream" for kind in kinds)


def has_split_channels() -> bool:
    """Whether a Holdfast of this process has channels that other workers would not share."""
    return any(one.backplane == MEMORY and has_channels(one) for one in list(EVERY))


def read(route: Any, path: str, behind: tuple[Middleware, ...]) -> Route:
    """One WebSocket route."""
    endpoint = route.endpoint
    dependant = getattr(route, "dependant", None)
    needs = list(_dependants(dependant)) if dependant is not None else []
    return Route(
        path=path,
        handler=f"{endpoint.__module__}.{getattr(endpoint, '__qualname__', endpoint)}",
        kind=_kind(getattr(endpoint, "__holdfast__", None)),
        secrets=tuple(_secrets(needs)),
        asks_origin=any(mentions("origin", call) for call in [endpoint, *_calls(needs)]),
        behind=behind,
    )


def _kind(registration: Any) -> str:
    if registration is None:
        return "plain"
    if isinstance(registration, Stream):
        return "stream"
    return "subscribe" if isinstance(registration, Subscribe) else "handler"


def _dependants(dependant: Any) -> Iterator[Any]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _dependants(inner)


def _calls(dependants: Sequence[Any]) -> Iterator[Any]:
    return (one.call for one in dependants if one.call is not None)


def _secrets(dependants: Sequence[Any]) -> Iterator[str]:
    seen: set[str] = set()
    for one in dependants:
        for parameter in one.query_params:
            name = str(parameter.alias)
            if name.lower().replace("-", "_") in SECRETS and name not in seen:
                seen.add(name)
                yield name
