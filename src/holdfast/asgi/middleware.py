"""Which of an application's middlewares stand in the way of a WebSocket's messages."""

import inspect
from collections.abc import Iterable
from typing import Any

from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.httpsredirect import HTTPSRedirectMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

# They hand a WebSocket's send on as it is.
TRANSPARENT = (
    AuthenticationMiddleware,
    BaseHTTPMiddleware,
    CORSMiddleware,
    GZipMiddleware,
    HTTPSRedirectMiddleware,
    TrustedHostMiddleware,
)


def in_the_way(kinds: Iterable[Any]) -> list[str]:
    """The names of those among these middleware classes that may wrap its ``send``."""
    return [
        getattr(kind, "__name__", repr(kind))
        for kind in kinds
        if not (inspect.isclass(kind) and issubclass(kind, TRANSPARENT))
    ]
