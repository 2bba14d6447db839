"""Which pages may connect: the same origin, unless allowed.

CORS does not cover WebSockets: a browser opens them to any host, with that host's cookies. So the
server must look at Origin itself (RFC 6455 section 10.2).
"""

import logging
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from holdfast.asgi.addresses import USUAL, Handshake, strings
from holdfast.asgi.complaints import printable
from holdfast.asgi.reach import under_reload
from holdfast.errors import ConfigurationError

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
LOCAL = {"localhost", "127.0.0.1", "::1"}

Triple = tuple[str, str, int | None]

log = logging.getLogger("holdfast")


class Origins:
    """The pages that may connect beside those of the same origin.

    >>> Origins(["https://example.com", "https://*.example.com", "http://localhost:5173"])
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        origins = strings(allowed, "origins")
        self._any = "*" in origins
        self._allowed = [_read(origin) for origin in origins if origin != "*"]
        self._told_reload = False

    def allows(self, origin: str | None, handshake: Handshake) -> bool:
        """Whether the program has named it, or there is none: then it is no browser."""
        if origin is None or self._any:
            return True
        found = _triple(origin)
        if found is None:
            return False
        return any(_covers(one, found) for one in self._allowed) or self._reloading(
            found, origin, handshake
        )

    def _reloading(self, found: Triple, origin: str, handshake: Handshake) -> bool:
        """Under reload a front end's own development server is let in."""
        if found[1] not in LOCAL or not under_reload(handshake.send):
            return False
        if not self._told_reload:
            self._told_reload = True
            text = "reload is on: origins on localhost are allowed, such as %s"
            log.warning(text, printable(origin))
        return True


def same_origin(origin: str, host: str) -> bool:
    """Whether a page of this origin asked for the host that it came from.

    The scheme in the scope is the proxy's inner one; the page's own default port decides. Other
    schemes are those of apps (capacitor://localhost), which share hosts with nobody.
    """
    found = _triple(origin)
    if found is None or found[0] not in ("http", "https"):
        return False
    return _triple(f"{found[0]}://{host}") == found


def _read(origin: str) -> Triple:
    found = _triple(_as_sent(origin))
    if found is None or not found[0] or urlsplit(origin).path.strip("/"):
        raise ConfigurationError(
            f"origins: {origin!r} is no origin: expected SCHEME://HOST[:PORT], as in "
            "https://example.com or https://*.example.com, or *"
        )
    if "*" in found[1].removeprefix("*."):
        raise ConfigurationError(
            f"origins: {origin!r}: a * stands for sub-domains only, at the beginning of the host "
            "and before a dot, as in https://*.example.com"
        )
    return found


def _triple(origin: str) -> Triple | None:
    """Scheme, host and port, with the scheme's default; None for what is no origin."""
    return _remembered(origin) if len(origin) <= USUAL else _parsed(origin)


def _parsed(origin: str) -> Triple | None:
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


# Parsing one takes longer than the rest of the look at a handshake, and most have the same few.
_remembered = lru_cache(maxsize=1024)(_parsed)


def _as_sent(origin: str) -> str:
    """An origin as browsers write it: other alphabets in Punycode."""
    if origin.isascii():
        return origin
    scheme, mark, rest = origin.partition("://")
    host, colon, port = rest.partition(":")
    return scheme + mark + punycode(host) + colon + port


def punycode(host: str) -> str:
    """A host name as it is sent: other alphabets in Punycode."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def covers(pattern: str, name: str) -> bool:
    """Whether a host name is the one named, or one below ``*.`` of it."""
    if not pattern.startswith("*."):
        return name == pattern
    below = pattern[1:]
    return name.endswith(below) and name != below


def _covers(allowed: Triple, origin: Triple) -> bool:
    return allowed[::2] == origin[::2] and covers(allowed[1], origin[1])
