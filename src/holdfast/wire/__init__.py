"""RFC 6455 and 7692, sans-I/O: bytes in, events out. No asyncio, no clock, no sockets."""

from holdfast.wire.deflate import Deflate, framer_for, negotiate
from holdfast.wire.events import Close, Event, Failed, Ping, Pong
from holdfast.wire.frames import PLAIN, Framer, close_frame, frame, ping_frame, pong_frame
from holdfast.wire.reader import Reader
from holdfast.wire.request import HEAD_LIMIT, Refused, Request, read_head
from holdfast.wire.response import accept_response, http_response

__all__ = [
    "HEAD_LIMIT",
    "PLAIN",
    "Close",
    "Deflate",
    "Event",
    "Failed",
    "Framer",
    "Ping",
    "Pong",
    "Reader",
    "Refused",
    "Request",
    "accept_response",
    "close_frame",
    "frame",
    "framer_for",
    "http_response",
    "negotiate",
    "ping_frame",
    "pong_frame",
    "read_head",
]
