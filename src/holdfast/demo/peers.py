"""Clients that this server connects to itself, over real sockets: some read, some misbehave."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import Scope

from holdfast.testing import Peer, opening_request

Address = tuple[str, int]

SMALL = 1000  # bytes of payload; what is longer is thrown away unread
HANDSHAKE = 5.0  # seconds that one may take


@dataclass(frozen=True)
class Server:
    """Where this server is reached from itself."""

    address: Address
    prefix: str
    """Of the app's paths, where it is mounted below another one."""

    def path(self, path: str) -> str:
        """A path of this app's, as a client has to ask for it."""
        return f"{self.prefix}{path}"


def this_server(scope: Scope) -> Server | None:
    """Where a request has come in; None for what is no TCP address."""
    host, port = scope.get("server") or ("", None)
    root: str = scope.get("root_path", "")
    mounted = root.removeprefix(scope.get("app_root_path", root))
    return Server((host, port), mounted) if host and port else None


async def open_reader(
    address: Address, path: str, on_text: Callable[[str], None] | None = None
) -> Peer:
    """A client that reads, and throws away what it is sent; ``on_text`` gets the short texts.

    ``OSError`` or ``TimeoutError`` if it cannot connect.
    """

    def take(payload: bytes) -> None:
        if on_text is not None and len(payload) <= SMALL:
            on_text(payload.decode())

    host, port = address
    return await Peer.connect(port, path, host=host, timeout=HANDSHAKE, on_message=take)


async def open_stalled(address: Address, path: str) -> Peer:
    """A client that sends its handshake, and never reads a byte."""
    host, port = address
    # Small segments and a small window: full after some 100 KB, where defaults take megabytes.
    stalled = await Peer.dial(port, host=host, timeout=HANDSHAKE, receive_buffer=2048, segment=536)
    stalled.stall()
    stalled.write(opening_request(path, stalled.host))
    return stalled
