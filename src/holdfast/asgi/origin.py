"""Which pages may connect: the same origin, unless allowed.

CORS does not cover WebSockets: a browser opens them to any host, with that host's cookies. So the
server must look at Origin itself (RFC 6455 section 10.2).
"""

import ipaddress
import logging
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from fastapi import HTTPException, WebSocketException
from starlette.requests import HTTPConnection

from holdfast.asgi.reach import can_respond, peer_address, under_reload, unwrap
from holdfast.errors import CloseCode, ConfigurationError

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
LOCAL = {"localhost", "127.0.0.1", "::1"}

log = logging.getLogger("holdfast")


class Origins:
    """The policy of one ``Holdfast``: allowed origins, and the proxies whose word counts."""

    def __init__(self, allowed: Iterable[str], trusted_proxies: Iterable[str]) -> None:
        self._any = False
        self._allowed: list[tuple[str, str, int | None]] = []
        for origin in _strings(allowed, "origins"):
            self._allow(origin)
        self._proxies = [_network(proxy) for proxy in _strings(trusted_proxies, "trusted_proxies")]
        self._told_reload = False

    async def check(self, http: HTTPConnection) -> None:
        """A dependency of every route of ours: refuses a handshake from a foreign page."""
        origin = http.headers.get("origin")
        if origin is None or self._any:  # no Origin: no browser
            return
        host = self._host(http)
        if self._matches(origin, host, http) or self._reloading(origin, http):
            return
        advice = f'add origins=["{origin}"]'
        message = f"refused Origin {origin} on {http.url.path} (Host {host}): {advice}"
        log.warning("%s", _printable(message))
        refuse(http, 403, f"Origin {_printable(origin)} is not allowed")

    def _allow(self, origin: str) -> None:
        if origin == "*":
            self._any = True
            return
        found = _triple(_as_sent(origin))
        if found is None or not found[0] or urlsplit(origin).path.strip("/"):
            raise ConfigurationError(
                f"origins: {origin!r} is no origin: expected SCHEME://HOST[:PORT], as in "
                "https://example.com or https://*.example.com, or *"
            )
        self._allowed.append(found)

    def _host(self, http: HTTPConnection[Any]) -> str:
        host = http.headers.get("host", "")
        if self._proxies and self._trusts(http):
            forwarded = http.headers.get("x-forwarded-host", "")
            return forwarded.split(",")[-1].strip() or host
        return host

    def _trusts(self, http: HTTPConnection[Any]) -> bool:
        try:
            peer = ipaddress.ip_address(peer_address(unwrap(_send_of(http)), http.scope))
        except ValueError:
            return False
        return any(peer in network for network in self._proxies)

    def _matches(self, origin: str, host: str, http: HTTPConnection[Any]) -> bool:
        found = _triple(origin)
        if found is None:
            return False
        scheme, name, port = found
        # The scheme in the scope is the proxy's inner one; the page's own default port decides.
        # Other schemes are those of apps (capacitor://localhost), which share hosts with nobody.
        own = _triple(f"{scheme}://{host}") if scheme in ("http", "https") else None
        if own is not None and own[1:] == (name, port):
            return True
        return any(_covers(allowed, found) for allowed in self._allowed)

    def _reloading(self, origin: str, http: HTTPConnection[Any]) -> bool:
        """Under reload a front end's own development server is let in."""
        found = _triple(origin)
        if found is None or found[1] not in LOCAL or not under_reload(unwrap(_send_of(http))):
            return False
        if not self._told_reload:
            self._told_reload = True
            log.warning("reload is on: origins on localhost are allowed, such as %s", origin)
        return True


def refuse(http: HTTPConnection[Any], status: int, detail: str) -> None:
    """Answer the handshake with a status, where the server can; else with its plain 403."""
    if http.scope["type"] == "websocket" and not can_respond(http.scope):
        raise WebSocketException(CloseCode.FORBIDDEN, detail[:120])
    raise HTTPException(status, detail)


def _send_of(http: HTTPConnection[Any]) -> Any:
    return getattr(http, "_send", None)


def _triple(origin: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port, with the scheme's default; None for what is no origin."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or parts.username is not None:
        return None
    if port is None:
        port = DEFAULT_PORTS.get(parts.scheme)
    return parts.scheme, parts.hostname, port


def _as_sent(origin: str) -> str:
    """An origin as browsers write it: other alphabets in Punycode."""
    if origin.isascii():
        return origin
    scheme, mark, rest = origin.partition("://")
    host, colon, port = rest.partition(":")
    try:
        return scheme + mark + host.encode("idna").decode() + colon + port
    except UnicodeError:
        return origin


def _covers(allowed: tuple[str, str, int | None], origin: tuple[str, str, int | None]) -> bool:
    if allowed[0] != origin[0] or allowed[2] != origin[2]:
        return False
    if allowed[1].startswith("*."):
        return origin[1].endswith(allowed[1][1:])
    return allowed[1] == origin[1]


def _strings(values: Iterable[str], name: str) -> Sequence[str]:
    if isinstance(values, str):
        raise ConfigurationError(f"{name}={values!r}: expected a list, as in {name}=[{values!r}]")
    return list(values)


def _network(proxy: str) -> Any:
    try:
        return ipaddress.ip_network(proxy, strict=False)
    except ValueError:
        raise ConfigurationError(
            f"trusted_proxies: {proxy!r} is no IP address or network"
        ) from None


def _printable(text: str) -> str:
    """A stranger's text, harmless in a log line."""
    return "".join(c if c.isprintable() else "?" for c in text[:300])
