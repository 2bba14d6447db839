"""Why a connection is failed (RFC 6455 section 7.1.7). Raised within this room only."""

PROTOCOL_ERROR = 1002
INVALID_DATA = 1007
TOO_BIG = 1009


class Violation(Exception):
    """The peer broke the protocol or a limit; ``code`` as in RFC 6455 section 7.4.1."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


def broken(reason: str) -> Violation:
    """A frame that the protocol does not allow."""
    return Violation(PROTOCOL_ERROR, reason)


def invalid(reason: str) -> Violation:
    """A payload that is not what its message says it is."""
    return Violation(INVALID_DATA, reason)


def too_big() -> Violation:
    """A message above ``max_size``."""
    return Violation(TOO_BIG, "message too big")
