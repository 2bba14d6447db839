"""Which names this server answers to: a page's own name may be made to lead here.

In DNS rebinding a page from evil.example has its name point to 127.0.0.1, and then connects: Origin
and Host both say evil.example, so to the browser and to the Origin check it is the same origin.
"""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from holdfast.asgi.addresses import USUAL, Handshake, parsed, strings
from holdfast.asgi.origin import covers, punycode
from holdfast.errors import ConfigurationError

# Names that nobody can register, so that no stranger's page can have one.
OURS = {"localhost", "test", "local", "internal", "lan", "home", "corp", "arpa"}
PROXY_HEADERS = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
PROXY_SIGNS = (*PROXY_HEADERS, "forwarded", "via")


class Hosts:
    """The names that ``Host`` may hold, without ports; none given: any, but see ``rebound``.

    >>> Hosts(["example.com", "*.example.com", "localhost"])
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = [_read(host) for host in strings(allowed, "hosts")]

    def __bool__(self) -> bool:
        """Whether any were named."""
        return bool(self._allowed)

    def allows(self, host: str) -> bool:
        """Whether the program has named it, or has named none."""
        name = name_of(host)
        return not self._allowed or any(covers(one, name) for one in self._allowed)


def rebound(handshake: Handshake, origin: str, host: str) -> bool:
    """Whether a page of the same origin looks like one that had its name point here.

    Looked at where no ``hosts`` are named, and only over loopback: it is programs on a developer's
    own machine that such pages attack, and in containers and behind address translation every
    server has a private address, so that nothing could be told from that. Not with an https page,
    whose name was proven, nor with the headers of a proxy, which a page cannot set.
    """
    local = parsed(handshake.local)
    return (
        local is not None
        and local.is_loopback
        and origin.startswith("http://")
        and _registrable(name_of(host))
        and not any(name in handshake.headers for name in PROXY_SIGNS)
    )


def name_of(host: str) -> str:
    """A Host header's name alone, in lower case; empty where it holds none."""
    return _remembered(host) if len(host) <= USUAL else _parsed(host)


def _parsed(host: str) -> str:
    try:
        parts = urlsplit(f"//{host}")
    except ValueError:
        return ""
    return "" if "@" in host else (parts.hostname or "").rstrip(".")


_remembered = lru_cache(maxsize=1024)(_parsed)


def _registrable(name: str) -> bool:
    return parsed(name) is None and "." in name and name.rpartition(".")[2] not in OURS


def _read(host: str) -> str:
    bare = host.removeprefix("[").removesuffix("]")
    if parsed(bare) is not None:
        return bare.lower()
    name = punycode(host).lower().rstrip(".")
    if name == "*":
        raise ConfigurationError("hosts: '*' allows every host: leave hosts out for that")
    if not name or set(name) & set("/:@?#[] ") or "*" in name.removeprefix("*."):
        raise ConfigurationError(
            f"hosts: {host!r} is no host name: expected one without scheme and port, as in "
            "example.com, *.example.com for its sub-domains, or 192.0.2.1"
        )
    return name
