"""Who is at the other end: the client's address and the host it asked for, also behind proxies.

Headers about either can be written by anybody. They count only where the socket's own peer is a
proxy that the program trusts.
"""

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Any

from starlette.datastructures import Headers

from holdfast.asgi.reach import peer_address, unwrap
from holdfast.errors import ConfigurationError

USUAL = 256  # characters of a name or an address that is worth remembering
UNIX = "unix"  # a trusted proxy that is connected through a Unix socket, which has no address

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Handshake:
    """What is looked at in a WebSocket handshake, or in a request for server-sent events."""

    def __init__(self, scope: Any, send: Any) -> None:
        self.scope = scope
        self.send = unwrap(send)
        """The server's own."""
        self.headers = Headers(scope=scope)
        self.path: str = scope["path"]

    @cached_property
    def peer(self) -> str:
        """The address at the other end of the socket; empty for a Unix socket."""
        return peer_address(self.send, self.scope)

    @property
    def client(self) -> str:
        """The client's address as the server sees it, which has proxy settings of its own."""
        client = self.scope.get("client")
        return str(client[0]) if client else self.peer

    @property
    def local(self) -> str:
        """The address at this end of the socket."""
        transport = getattr(getattr(self.send, "__self__", None), "transport", None)
        name = transport.get_extra_info("sockname") if transport is not None else None
        name = name or self.scope.get("server")
        return str(name[0]) if isinstance(name, tuple | list) and name else ""


class TrustedProxies:
    """The proxies whose word about clients and hosts counts.

    >>> TrustedProxies(["10.0.0.0/8", "unix"])
    """

    def __init__(self, proxies: Iterable[str] = ()) -> None:
        entries = strings(proxies, "trusted_proxies")
        self._unix = UNIX in entries
        self._networks = [_network(proxy) for proxy in entries if proxy != UNIX]

    def __bool__(self) -> bool:
        """Whether there are any."""
        return self._unix or bool(self._networks)

    def trusts(self, peer: str) -> bool:
        """Whether this is the address of one; the empty one is that of a Unix socket."""
        if not peer:
            return self._unix
        address = parsed(peer)
        return address is not None and any(address in network for network in self._networks)

    def client(self, handshake: Handshake) -> str:
        """The client's address; empty where nobody says it.

        From a trusted peer it is the last address in X-Forwarded-For, or in Forwarded (RFC 7239)
        where that is absent, that is not itself a trusted proxy's. Without any trusted proxy it is
        what the server says.
        """
        if not self:
            return handshake.client
        address = handshake.peer
        if self.trusts(address):
            for hop in _hops(handshake.headers):
                if parsed(hop) is None:  # "unknown", or hidden: what comes before it is hearsay
                    break
                address = hop
                if not self.trusts(address):
                    break
        return address

    def host(self, handshake: Handshake) -> str:
        """The host that the client asked for, with its port if it named one."""
        headers = handshake.headers
        own = headers.get("host", "")
        if not self or not self.trusts(handshake.peer):
            return own
        said = headers.get("x-forwarded-host", "").split(",")[-1].strip()
        return said or (_forwarded(headers, "host") or [own])[-1] or own


def parsed(address: str) -> Address | None:
    """The address, an IPv4 one also where it is written as IPv6; None for what is none."""
    return _remembered(address) if len(address) <= USUAL else None


@lru_cache(maxsize=4096)  # one object for all connections of an address
def _remembered(address: str) -> Address | None:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def strings(values: Iterable[str], name: str) -> Sequence[str]:
    """The values as a list; ``ConfigurationError`` for a single string."""
    if isinstance(values, str):
        raise ConfigurationError(f"{name}={values!r}: expected a list, as in {name}=[{values!r}]")
    return list(values)


def _network(proxy: str) -> Any:
    try:
        return ipaddress.ip_network(proxy, strict=False)
    except ValueError:
        raise ConfigurationError(
            f"trusted_proxies: {proxy!r} is no IP address or network; write such as 10.0.0.5, "
            "10.0.0.0/8, or unix for a proxy on a Unix socket"
        ) from None


def _hops(headers: Headers) -> Iterator[str]:
    """Client and proxies, the nearest first, without ports."""
    lines = headers.getlist("x-forwarded-for")
    hops = ",".join(lines).split(",") if lines else _forwarded(headers, "for")
    for hop in reversed(hops):
        yield _without_port(hop.strip())


def _forwarded(headers: Headers, name: str) -> list[str]:
    """The values of one parameter of Forwarded (RFC 7239 section 4), the nearest proxy's last."""
    elements = ",".join(headers.getlist("forwarded")).split(",")
    pairs = [pair.partition("=") for element in elements for pair in element.split(";")]
    return [value.strip().strip('"') for key, _, value in pairs if key.strip().lower() == name]


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
