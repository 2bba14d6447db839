"""Every exception and close code of Holdfast, on one page.

HoldfastError
├── ConfigurationError   the program is wrong: raised at definition, installation or start-up
│   └── BadChannel       what is no channel name
├── WrongThread          called where no event loop runs, or would block the one that does
├── NotAccepted          a connection was used before ``accept()``
├── Disconnected         the client is gone (normal: a handler that ends by it is no error)
├── ChannelClosed        joined a channel of a hub that has stopped
├── LimitReached         a connection is in as many channels as it may be
├── BackplaneUnavailable the broker is away, or did not answer in time
└── TooManyStreams       a stream has reached ``max_streams``
"""

from enum import IntEnum


class HoldfastError(Exception):
    """The root of the tree: ``except HoldfastError`` catches all of ours."""


class ConfigurationError(HoldfastError, TypeError):
    """The program uses Holdfast wrongly; the sentence says what, where and what to do."""


class WrongThread(HoldfastError, RuntimeError):
    """A call that needs the event loop was made off it, or a blocking one was made on it."""


class NotAccepted(HoldfastError, RuntimeError):
    """The connection was used before ``await conn.accept()``."""


class ChannelClosed(HoldfastError, RuntimeError):
    """The hub that serves this channel has stopped."""


class TooManyStreams(HoldfastError):
    """A stream already runs for ``max_streams`` distinct keys."""


class BadChannel(ConfigurationError):
    """What is no channel name. It may come from a client: uncaught, it closes with ``code``."""

    @property
    def code(self) -> "CloseCode":
        """3501."""
        return CloseCode.BAD_REQUEST


class LimitReached(HoldfastError):
    """``Limits.channels`` is reached. Uncaught, it closes the connection with ``code``."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.code = CloseCode.CHANNEL_LIMIT


class BackplaneUnavailable(HoldfastError, RuntimeError):
    """The broker is away, or did not answer in time. Uncaught, it closes the connection with
    ``code``, after which a client comes again; an HTTP endpoint answers 503."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.code = CloseCode.FAILED
        self.reason = "the backplane is away"


class Disconnected(HoldfastError):
    """The client is gone. ``code`` and ``reason`` say how (RFC 6455 section 7.1.5 and 7.1.6)."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return f"the client is gone (close code {self.code}{self.reason and ': ' + self.reason})"


class CloseCode(IntEnum):
    """The close codes Holdfast sends.

    3000-3499 tell a client to reconnect, 3500-3999 not to (the convention of the Centrifuge
    protocol); 1000-1999 are those of RFC 6455 section 7.4.1.
    """

    NORMAL = 1000
    ABNORMAL = 1006  # never on the wire: the connection ended without a close frame
    TOO_BIG = 1009
    INTERNAL = 1011
    RESTART = 1012
    SHUTDOWN = 3001
    FAILED = 3004  # 1011, where a server cannot send that
    SLOW = 3008
    WRITE_ERROR = 3009
    GAP = 3010
    RECONNECT = 3011
    FLOOD = 3013
    UNAUTHENTICATED = 3500
    BAD_REQUEST = 3501
    STALE = 3502
    DISCONNECTED = 3503
    LIMIT = 3504
    CHANNEL_LIMIT = 3505
    FORBIDDEN = 3507
    UNAVAILABLE = 3508
    TOO_MANY_ERRORS = 3509


REASON_LIMIT = 123  # bytes (RFC 6455 section 5.5: a control frame carries 125, two are the code)


def close_reason(text: str) -> str:
    """The text, cut to what a close frame holds."""
    return text.encode(errors="replace")[:REASON_LIMIT].decode(errors="ignore")
