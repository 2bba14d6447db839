"""What is said of adoption: who will see less of a connection than elsewhere."""

import inspect
import logging
from collections.abc import Iterator
from typing import Any
from weakref import WeakSet

from holdfast.asgi.middleware import in_the_way

log = logging.getLogger("holdfast")

_told: "WeakSet[Any]" = WeakSet()  # applications and endpoints


def note_adoption(scope: Any) -> None:
    """Once for each application, and for each endpoint: what its adopted connections hide."""
    app, endpoint = scope.get("app"), scope["endpoint"]
    if endpoint in _told:
        return
    _told.add(endpoint)
    path = getattr(scope.get("route"), "path", scope["path"])
    if names := yielding(scope.get("route")):
        log.warning(
            "connections of %s are adopted, so what %s yields is closed when the handshake is "
            "over: ask for it in the callback that needs it, or register with adopt=False",
            path,
            " and ".join(sorted(names)),
        )
    if app is not None and app not in _told:
        _told.add(app)
        kinds = in_the_way(entry.cls for entry in app.user_middleware)
        if names := {name for name in kinds if name != "HoldfastGuard"}:  # it leaves them to us
            log.warning(
                "connections that only react, as on %s, are adopted: %s see their handshake, not "
                "their messages or their end. Registered with adopt=False they see all",
                path,
                " and ".join(sorted(names)),
            )


def yielding(route: Any) -> set[str]:
    """The names of a route's dependencies that yield."""
    dependant = getattr(route, "dependant", None)
    calls = (each.call for each in _below(dependant)) if dependant is not None else ()
    return {
        getattr(call, "__qualname__", repr(call))
        for call in calls
        if inspect.isgeneratorfunction(call) or inspect.isasyncgenfunction(call)
    }


def _below(dependant: Any) -> Iterator[Any]:
    for each in dependant.dependencies:
        yield each
        yield from _below(each)
