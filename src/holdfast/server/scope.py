"""The ASGI scope of a handshake, as uvicorn's other protocols make it."""

from typing import Any
from urllib.parse import unquote

from uvicorn.protocols.utils import get_local_addr, get_remote_addr

from holdfast.server.lane import Lane
from holdfast.wire import Request

LINK = "holdfast.link"  # the extension that carries the link


def scope_for(request: Request, lane: Lane, transport: Any, link: Any) -> dict[str, Any]:
    """What the application is called with."""
    raw_path, _, query = request.target.partition(b"?")
    root_path = lane.config.root_path
    secured = transport.get_extra_info("sslcontext") is not None
    return {
        "type": "websocket",
        "asgi": {"version": lane.config.asgi_version, "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "wss" if secured else "ws",
        "server": get_local_addr(transport),
        "client": get_remote_addr(transport),
        "root_path": root_path,
        "path": root_path + unquote(raw_path.decode("ascii")),
        "raw_path": root_path.encode("ascii") + raw_path,
        "query_string": query,
        "headers": request.headers,
        "subprotocols": request.subprotocols,
        "state": lane.app_state.copy(),
        "extensions": {"websocket.http.response": {}, LINK: link},
    }
