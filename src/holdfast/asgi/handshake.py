"""What is kept of an adopted connection's handshake: an idle one is to take little memory.

A scope takes three to five kilobytes: thirty keys, a tuple and two strings for each header. Most of
it is the same for all connections of a route, and kept once; headers are kept as one string.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

from starlette.websockets import WebSocket, WebSocketState

OWN = {"path", "raw_path", "query_string", "headers", "client", "state"}  # have places of their own
DROPPED = {"extensions", "holdfast.pass", "holdfast.connection", "holdfast.guard"}
EMPTY: dict[str, Any] = {"path_params": {}, "subprotocols": []}
# What is the server's, the application's or the route's: nothing of one client.
SHARED = (
    "type",
    "asgi",
    "http_version",
    "scheme",
    "server",
    "root_path",
    "app_root_path",
    "app",
    "router",
    "endpoint",
    "route",
    "starlette.exception_handlers",
)

_shared: "WeakKeyDictionary[Any, dict[str, Any]]" = WeakKeyDictionary()


class Handshake:
    """Makes the ``WebSocket`` again, as often as it is asked for."""

    __slots__ = ("_client", "_headers", "_own", "_path", "_query", "_shared", "_state")

    def __init__(self, scope: Any) -> None:
        self._path: str = scope["path"]
        self._query: bytes = scope["query_string"]
        self._client = scope.get("client")
        self._headers = b"\n".join([b"%b:%b" % header for header in scope["headers"]])
        self._state: dict[str, Any] | None = scope.get("state") or None
        self._shared = _shared_of(scope)
        self._own = self._differing(scope, self._shared) or None

    def _differing(self, scope: Any, shared: dict[str, Any]) -> dict[str, Any]:
        own = {
            key: value
            for key, value in scope.items()
            if key not in shared
            and key not in OWN
            and key not in DROPPED
            and not key.startswith("fastapi_")
            and (value or key not in EMPTY)
        }
        if quote(self._path).encode() != (raw := scope.get("raw_path", b"")):
            own["raw_path"] = raw
        return own

    def websocket(self, send: Callable[[Any], Any]) -> WebSocket:
        """The handshake of an accepted connection, to which ``send`` sends."""
        if self._state is None:
            self._state = {}
        own = self._own or {}
        headers = [tuple(line.split(b":", 1)) for line in self._headers.split(b"\n")]
        scope = {
            **EMPTY,
            **self._shared,
            **own,
            "path": self._path,
            "raw_path": own.get("raw_path", quote(self._path).encode()),
            "query_string": self._query,
            "headers": headers,
            "client": self._client,
            "state": self._state,
            "extensions": {},
        }
        websocket = WebSocket(scope, _over, send)
        websocket.client_state = websocket.application_state = WebSocketState.CONNECTED
        return websocket


def _shared_of(scope: Any) -> dict[str, Any]:
    """What the last connection of the same endpoint had, too: its, if they are the same."""
    shared = {key: scope[key] for key in SHARED if key in scope}
    endpoint = scope["endpoint"]
    last = _shared.get(endpoint)
    if last == shared:
        return last
    _shared[endpoint] = shared
    return shared


async def _over() -> Any:
    raise RuntimeError("an adopted connection's messages come to its callbacks")
