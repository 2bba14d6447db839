"""Where a Redis is: the URL, read before anything is connected."""

import random
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from redis.asyncio.connection import ConnectionPool
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from holdfast.errors import ConfigurationError

FORMS = (
    "expected redis://[USER:PASSWORD@]HOST[:PORT][/DB][?prefix=NAME], rediss:// for TLS, "
    "unix:///PATH, or redis+sentinel://HOST:PORT,HOST:PORT/SERVICE[/DB]"
)


class RedisAddress:
    """A URL that makes connections. Raises ``ConfigurationError`` for one that cannot."""

    def __init__(self, url: str) -> None:
        self.name = shown(url)
        try:
            parts = urlsplit(url)
        except ValueError:
            raise ConfigurationError(f"backplane {self.name} is no URL: {FORMS}") from None
        options = {
            k: v for k, v in parse_qsl(parts.query, keep_blank_values=True) if k not in settings()
        }
        self.prefix = options.pop("prefix", "holdfast")
        plain = parts._replace(query=urlencode(options))
        try:
            check(parts, options, self.prefix)
            self._sentinel: Any = sentinel(parts, options) if "+sentinel" in parts.scheme else None
            self._pool = pool(plain) if self._sentinel is None else master(self._sentinel, parts)
            self._pool.make_connection()  # which is when redis-py looks at most options
        except (ValueError, TypeError, OSError) as error:
            raise ConfigurationError(f"backplane {self.name}: {error}: {FORMS}") from None

    def connection(self) -> Any:
        """One that is not connected yet, and never connects again by itself."""
        return self._pool.make_connection()

    async def forget_sentinels(self) -> None:
        """Once the master is known, or the driver closed, they need not be connected."""
        for one in self._sentinel.sentinels if self._sentinel is not None else ():
            await one.connection_pool.disconnect()


def settings() -> dict[str, Any]:
    """For every connection: no clock and no retry of redis-py's, the keeper has them."""
    return {
        "protocol": 2,
        "socket_timeout": None,
        "socket_connect_timeout": None,
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 0,
        "max_connections": 1 << 16,
    }


def check(parts: SplitResult, options: dict[str, str], prefix: str) -> None:
    """Raise ``ValueError`` for what redis-py would find out when it connects, or never."""
    if "@" in f"{parts.path}?{parts.query}#{parts.fragment}":
        raise ValueError("what is special in its user or password must be percent-encoded")
    if not prefix:
        raise ValueError("prefix= is empty")
    if parts.scheme == "unix" and not parts.path.strip("/"):
        raise ValueError("it names no path")
    for name in ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile"):
        if name in options and not Path(options[name]).is_file():
            raise ValueError(f"{name}: there is no file {options[name]}")


def pool(parts: SplitResult) -> Any:
    """For one server."""
    if parts.scheme != "unix":
        if not parts.hostname:
            raise ValueError("it names no host")
        try:
            _ = parts.port
        except ValueError:  # whose sentence quotes what may be a part of a password
            raise ValueError("its port is no number from 0 to 65535") from None
        if (db := parts.path.strip("/")) and not db.isdigit():
            raise ValueError(f"{db!r} is no number of a database")
    return ConnectionPool.from_url(parts.geturl(), **settings())


def sentinel(parts: SplitResult, options: dict[str, str]) -> Any:
    """Who asks the sentinels of a URL."""
    hosts = [host(one) for one in parts.netloc.rpartition("@")[2].split(",")]
    random.shuffle(hosts)  # several that are gone are not asked first each time
    login: dict[str, Any] = {**options}
    if parts.username:
        login["username"] = unquote(parts.username)
    if parts.password:
        login["password"] = unquote(parts.password)
    if parts.scheme.startswith("rediss"):
        login["ssl"] = True
    once = Retry(NoBackoff(), 0)  # else a first one that is gone takes all the time there is
    asking = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0, "retry": once}
    return Sentinel(hosts, sentinel_kwargs=asking, **settings(), **login)  # type: ignore[no-untyped-call]


def master(manager: Any, parts: SplitResult) -> Any:
    """Connections to the master that they name."""
    service, _, db = parts.path.strip("/").partition("/")
    if not service or (db and not db.isdigit()):
        raise ValueError("it names no service after the sentinels' addresses")
    return manager.master_for(service, db=int(db or 0)).connection_pool


def host(text: str) -> tuple[str, int]:
    """HOST or HOST:PORT; sentinels listen on 26379."""
    name, _, port = text.partition(":")
    if not name or (port and not port.isdigit()):
        raise ValueError(f"{text!r} is no address of a sentinel")
    return name, int(port or 26379)


def shown(url: str) -> str:
    """The URL for logs: without user, password and options."""
    scheme, _, rest = url.partition("://")
    # The last @ of all: a password that was not percent-encoded may hold anything.
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"
