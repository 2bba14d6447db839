"""``Limits``: how much one client, and all of them together, may take."""

import msgspec

from holdfast.errors import ConfigurationError

KIB, MIB = 1024, 1024 * 1024
LEAST_MEMORY = 64 * KIB


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object) -> bool:
    return _whole(value) or isinstance(value, float)


class Rate(msgspec.Struct, frozen=True):
    """``per_second`` messages in the long run, and up to ``burst`` of them at once.

    >>> Rate(per_second=10, burst=50)
    """

    per_second: float
    burst: int

    def __post_init__(self) -> None:
        """Raise ``ConfigurationError`` for a rate that lets nothing through."""
        if not _number(self.per_second) or self.per_second <= 0:
            raise ConfigurationError(
                f"Rate(per_second={self.per_second!r}): expected a number above 0; "
                "for no limit write rate=None"
            )
        if not _whole(self.burst) or self.burst < 1:
            raise ConfigurationError(
                f"Rate(burst={self.burst!r}): expected a whole number from 1, since each message "
                "takes one; for no limit write rate=None"
            )


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What is refused or closed for being too much. None switches a limit off.

    Raises ``ConfigurationError`` for a value that cannot work.

    >>> Holdfast(app, limits=Limits(message_bytes=1024 * 1024, connections=5000))
    """

    message_bytes: int | None = 64 * KIB
    """Bytes of one message from a client, in UTF-8 and without its frames' heads. A larger one
    closes with 1009. The server reads it whole first, so set its own limit, too."""

    rate: Rate | None = Rate(per_second=10_000, burst=20_000)
    """Messages from one client, in a token bucket. One too many closes with 3013. A client whose
    handler reads slowly is slowed down by its full inbox instead. The default is more than any
    honest client sends, who waits for an answer each time: give what yours need, 100 a second say.
    """

    connections: int | None = None
    """Connections of this process in all, those in their handshake and server-sent events too.
    More are refused with 503."""

    connections_per_address: int | None = None
    """Connections of one client address, counted like ``connections``; of IPv6 one /64 is an
    address. More are refused with 429. None is no bound for private and loopback addresses, which
    are commonly proxies, and 1,000 for each public one; a number counts for all."""

    connections_per_user: int | None = 100
    """Connections of one ``user=Depends(...)``: of its ``id``, where it has one. More are refused
    with 429; closed with 3504 where the token came in the first message."""

    channels: int | None = 128
    """Channels that one connection is in. The next ``join`` raises ``LimitReached``, which closes
    with 3505 unless it is caught."""

    handshake: float | None = 10.0
    """Seconds from a handshake to its accept: for the dependencies, and for a handler with
    ``accept=False``. Then it is refused with 503, since it is this side that is slow."""

    first_message: float | None = None
    """Seconds from the accept to the client's first message, for handlers that read. Without one
    it is closed with 3502."""

    memory: int | None = 256 * MIB
    """Bytes of this process for what waits to be sent: rings, folds and outboxes."""

    buffer: int | None = 16 * MIB
    """Bytes of publications that wait for the broker in each event loop, while it is away or slow.
    With more, ``publish`` raises ``BackplaneUnavailable``."""

    def __post_init__(self) -> None:
        """Raise ``ConfigurationError`` for a value that cannot work."""
        for name in COUNTS:
            value = getattr(self, name)
            if value is not None and not (_whole(value) and value >= 1):
                raise _wrong(name, value, "a whole number from 1")
        for name in SECONDS:
            value = getattr(self, name)
            if value is not None and not (_number(value) and value > 0):
                raise _wrong(name, value, "seconds above 0")
        if self.rate is not None and not isinstance(self.rate, Rate):
            raise _wrong("rate", self.rate, "Rate(per_second=..., burst=...)")
        if self.memory is not None and self.memory < LEAST_MEMORY:
            raise _wrong("memory", self.memory, "bytes, such as 256 * 1024**2")


COUNTS = (
    "message_bytes",
    "connections",
    "connections_per_address",
    "connections_per_user",
    "channels",
    "memory",
    "buffer",
)
SECONDS = ("handshake", "first_message")


class Bucket:
    """A token bucket: full at first, and filled again ``per_second``."""

    __slots__ = ("_at", "_rate", "_tokens")

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._tokens = float(rate.burst)
        self._at = now

    def take(self, now: float) -> bool:
        """Take one token at this time, in seconds on any clock; False if none is left."""
        rate = self._rate
        tokens = self._tokens + (now - self._at) * rate.per_second
        self._at = now
        enough = tokens >= 1
        self._tokens = min(tokens, rate.burst) - enough
        return enough


def _wrong(name: str, value: object, expected: str) -> ConfigurationError:
    return ConfigurationError(
        f"Limits({name}={value!r}): expected {expected}, or None for no limit"
    )
