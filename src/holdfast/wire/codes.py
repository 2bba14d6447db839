"""Close codes on the wire (RFC 6455 section 7.4)."""

from holdfast.wire.events import Close
from holdfast.wire.violation import broken, invalid

NO_STATUS = 1005
NEVER_SENT = (NO_STATUS, 1006)  # they say that there was no code, so an empty frame says it too

# 1004 to 1006 and 1015 are reserved, 1016 to 2999 not defined by any extension that we speak.
_DEFINED = frozenset((1000, 1001, 1002, 1003, *range(1007, 1015)))


def may_be_sent(code: int) -> bool:
    """Tell what a close frame may carry: defined, registered (3000-3999) or private (4000-4999)."""
    return 3000 <= code <= 4999 or code in _DEFINED


def read_close(payload: bytes) -> Close:
    """The close frame with this payload (RFC 6455 section 5.5.1)."""
    if not payload:
        return Close(NO_STATUS)
    if len(payload) == 1:
        raise broken("close frame of one byte")
    code = int.from_bytes(payload[:2], "big")
    if not may_be_sent(code):
        raise broken("invalid close code")
    try:
        return Close(code, payload[2:].decode())
    except UnicodeDecodeError:
        raise invalid("close reason is not UTF-8") from None
