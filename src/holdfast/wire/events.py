"""What a reader tells: a message is a plain ``str`` or ``bytes``, the rest has a class here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ping:
    """To be answered with a pong of the same payload, at most 125 bytes (RFC 6455 5.5.2)."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    """An answer to a ping, or a sign of life without one (RFC 6455 section 5.5.3)."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """The peer's close frame; code 1005 if it carried none (RFC 6455 section 7.1.5)."""

    code: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The peer broke the protocol or a limit: close with this code (RFC 6455 section 7.1.7)."""

    code: int
    reason: str


Event = str | bytes | Ping | Pong | Close | Failed
