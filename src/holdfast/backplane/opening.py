"""From a URL to a backplane: which broker, and what it needs."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from holdfast.backplane.driver import Driver
from holdfast.backplane.keeper import Keeper, Patience
from holdfast.backplane.memory import Exchange, Memory
from holdfast.backplane.port import Backplane, Choices
from holdfast.errors import ConfigurationError

MEMORY = "memory://"


def redis(url: str) -> Callable[[], Driver]:
    """Makes drivers for Redis."""
    try:
        from holdfast.backplane.redis.address import RedisAddress
        from holdfast.backplane.redis.driver import RedisDriver
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "redis":
            raise
        raise ConfigurationError(
            "a redis:// backplane needs the redis package: pip install 'holdfast[redis]'"
        ) from None
    RedisAddress(url)  # raises
    return lambda: RedisDriver(RedisAddress(url))  # one a loop: it may hold connections


# The next broker is a line here, and its driver.
SCHEMES: dict[str, Callable[[str], Callable[[], Driver]]] = {
    "redis": redis,
    "rediss": redis,
    "redis+sentinel": redis,
    "rediss+sentinel": redis,
    "unix": redis,
}


class Opener:
    """A URL that was read, and opens a backplane for each event loop.

    ``name`` is the URL without user, password and options. Raises ``ConfigurationError`` for a URL
    that cannot work, and where the package for its broker is not installed.
    """

    def __init__(self, url: str, choices: Choices, patience: Patience) -> None:
        self._choices = choices
        self._patience = patience
        self._exchange: Exchange | None = None
        self._driver: Callable[[], Driver] | None = None
        self.name = MEMORY
        if url in ("memory", MEMORY):
            self._exchange = Exchange()
            return
        try:
            scheme = urlsplit(url).scheme
        except (ValueError, AttributeError, TypeError):
            scheme = ""
        if scheme not in SCHEMES:
            raise ConfigurationError(
                f"backplane={hidden(url)!r} is no URL of a broker: expected {MEMORY} (one "
                f"process) or one that begins with {', '.join(f'{one}://' for one in SCHEMES)}"
            )
        self._driver = SCHEMES[scheme](url)
        self.name = self._driver().name

    @property
    def exchange(self) -> Exchange | None:
        """What the loops of this process share, where no broker does that."""
        return self._exchange

    def open(self) -> Backplane:
        """A backplane for the running loop."""
        if self._exchange is not None:
            return Memory(self._exchange)
        assert self._driver is not None
        return Keeper(self._driver(), self._choices, self._patience)


def hidden(url: Any) -> str:
    """A text for a sentence about it: what stands before an @ may be a password."""
    before, at, after = str(url).rpartition("@")
    return f"...@{after}" if at else before + after
