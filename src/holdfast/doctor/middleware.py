"""What stands in front of an app, told by its class: nothing of it is run."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from holdfast.asgi.deadlines import Deadlines
from holdfast.asgi.gate import Gate
from holdfast.doctor.facts import Kind, Middleware
from holdfast.doctor.source import refuses

BASE = "starlette.middleware.base.BaseHTTPMiddleware"
CORS = "starlette.middleware.cors.CORSMiddleware"
GUARD = "holdfast.asgi.guard.HoldfastGuard"

# They hand a WebSocket's `send` on as it is, or refuse the handshake.
PASSES = {
    "starlette.middleware.authentication.AuthenticationMiddleware",
    "starlette.middleware.body_limit.RequestBodyLimitMiddleware",
    "starlette.middleware.errors.ServerErrorMiddleware",
    "starlette.middleware.gzip.GZipMiddleware",
    "starlette.middleware.httpsredirect.HTTPSRedirectMiddleware",
    "starlette.middleware.trustedhost.TrustedHostMiddleware",
}


def kinds(cls: type) -> set[str]:
    """Its name and those of its bases: to tell a class without importing it."""
    return {f"{one.__module__}.{one.__qualname__}" for one in cls.__mro__}


def around(app: Any) -> tuple[list[Middleware], Any]:
    """What is wrapped around an app, the outermost first, and the app."""
    layers = []
    while not hasattr(app, "routes") and (inner := _inner(app)) is not None:
        layers.append(_read(type(app), getattr(app, "__dict__", {})))
        app = inner
    layers += [_read(entry.cls, entry.kwargs) for entry in getattr(app, "user_middleware", ())]
    return layers, app


def _inner(app: Any) -> Any:
    found = getattr(app, "app", None) or getattr(app, "other_asgi_app", None)
    return found if callable(found) and found is not app else None


def _read(cls: Any, options: Any) -> Middleware:
    name = getattr(cls, "__name__", type(cls).__name__)
    if not inspect.isclass(cls):  # a function that makes one
        return Middleware(name=name)
    names = kinds(cls)
    if GUARD in names:
        return _guard(name, options)
    if CORS in names:
        return Middleware(name=name, kind=Kind.CORS)
    if BASE in names and _skips_websockets(cls):
        return _http_only(cls, name, options)
    return Middleware(name=name, kind=Kind.PASSES if names & PASSES else Kind.UNKNOWN)


def _skips_websockets(cls: type) -> bool:
    """Whether it has Starlette's own ``__call__``, which passes on all that is not HTTP."""
    return getattr(cls.__call__, "__module__", "") == BASE.rpartition(".")[0]


def _http_only(cls: type, name: str, options: Any) -> Middleware:
    dispatch = options.get("dispatch") or options.get("dispatch_func")
    own = inspect.isfunction(dispatch)
    return Middleware(
        name=f"@app.middleware('http') {dispatch.__name__}" if own else name,
        kind=Kind.HTTP_ONLY,
        refuses=refuses(dispatch if own else cls),
    )


def _guard(name: str, options: Any) -> Middleware:
    """From the options that it will be made with, or the attributes that it has."""
    gate = options.get("gate") or Gate(
        options.get("origins", ()), (), options.get("trusted_proxies", ()), options.get("limits")
    )
    deadlines = options.get("deadlines") or Deadlines()
    return Middleware(
        name=name,
        kind=Kind.GUARD,
        any_origin=gate._origins._any,
        trusts_all=trusts_all(gate),
        connections=gate.limits.connections,
        send_timeout=deadlines.send_timeout,
    )


def trusts_all(gate: Gate) -> bool:
    """Whether every address is that of a trusted proxy."""
    return any(network.prefixlen == 0 for network in gate.proxies._networks)


def cors_origins(app: Any) -> Iterator[str]:
    """The origins that the app's CORSMiddleware allows by name."""
    for entry in getattr(app, "user_middleware", ()):
        if inspect.isclass(entry.cls) and CORS in kinds(entry.cls):
            yield from (one for one in entry.kwargs.get("allow_origins", ()) if one != "*")
