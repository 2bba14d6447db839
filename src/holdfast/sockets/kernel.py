"""What the kernel tells of a socket, and what it is told: progress, queue, options.

A descriptor comes from somewhere else, and may be another socket's a moment later. So each function
works on a duplicate, which stays the same socket.
"""

import os
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

try:
    import fcntl
    import termios

    ioctl = True
except ImportError:  # Windows: connections cannot be watched there, only timed (untested)
    ioctl = False

BACKLOG_LIMIT = 256 * 1024  # bytes in the kernel's queue, for servers that never say stop
UNSENT = 64 * 1024  # bytes in it that were not sent yet: more waits where it can be seen
PROBES = 3  # unanswered ones that end a silent connection, if nothing waits to be acknowledged
# What the socket module does not name, on Linux.
UNNAMED = {"TCP_NOTSENT_LOWAT": 25} if sys.platform == "linux" else {}
ESTABLISHED = 1  # the state, in the first byte of Linux's struct tcp_info
# Offsets in it (the last since Linux 4.1).
_SND_MSS, _UNACKED, _LAST_ACK_RECV, _BYTES_ACKED = 16, 24, 56, 120

INTERNET = (socket.AF_INET, socket.AF_INET6)

End = tuple[str, int, int]
"""The peer's address and port, and our own port: what tells a connection from all others."""


class Progress(NamedTuple):
    """How far a peer is: ``acked`` changes with every byte it acknowledges."""

    acked: int
    segment: int
    """Bytes in one segment to it, 0 where there are none: what it acknowledges comes in these."""


def progress(fd: int) -> Progress | None:
    """How far the peer is; None if nobody can tell."""
    with suppress(OSError, struct.error), duplicate(fd) as sock:
        if sock.family in INTERNET and hasattr(socket, "TCP_INFO"):
            info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
            acked = struct.unpack_from("<Q", info, _BYTES_ACKED)[0]
            return Progress(acked, struct.unpack_from("<I", info, _SND_MSS)[0])
        return Progress(backlog(fd), 0)
    return None


def overfull(fd: int, share: float = 1.0) -> bool:
    """Whether the kernel's send queue holds more than its sender should have put there.

    A quarter of the socket's buffer: with small segments it is full, by its own account, long
    before as many bytes of ours are in it.
    """
    with suppress(OSError), duplicate(fd) as sock:
        size = sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        return bool(backlog(fd) > share * min(BACKLOG_LIMIT, size // 4))
    return False


def backlog(fd: int) -> int:
    """Bytes in the kernel's send queue that the peer has not acknowledged (TIOCOUTQ)."""
    return int(struct.unpack("i", fcntl.ioctl(fd, termios.TIOCOUTQ, b"\0\0\0\0"))[0])


def tune(fd: int, keepalive: float, unsent: int) -> None:
    """Let the kernel ask a silent peer, and queue less.

    After ``keepalive`` seconds of silence it probes, and gives up a peer that does not answer
    before twice as long. It takes no more than ``unsent`` bytes that it has not sent (0: as many
    as it likes): with megabytes in its queue a slow reader sees the server's ping after minutes
    (measured: uvicorn closed it with 1011). No TCP_USER_TIMEOUT: it resets those who read slowly,
    too, for its clock runs on while they take less than a segment at a time (measured).
    """
    tcp = socket.IPPROTO_TCP
    idle = max(1, round(keepalive))
    values = [
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (tcp, "TCP_KEEPIDLE", idle),
        (tcp, "TCP_KEEPINTVL", max(1, idle // PROBES)),
        (tcp, "TCP_KEEPCNT", PROBES),
    ]
    if unsent:
        values.append((tcp, "TCP_NOTSENT_LOWAT", unsent))
    with suppress(OSError), duplicate(fd) as sock:
        if sock.family in INTERNET:
            for level, name, value in values:
                option = getattr(socket, name, UNNAMED.get(name))
                if option is not None:
                    sock.setsockopt(level, option, value)


def vanished(fd: int, seconds: float) -> bool:
    """Whether nothing at all came from the peer for so long, though it has data to acknowledge.

    While there is such data the kernel asks nothing, and sends it again for a quarter of an hour.
    One who reads slowly, or not at all, acknowledges what it is asked.
    """
    with suppress(OSError, struct.error), duplicate(fd) as sock:
        if sock.family in INTERNET and hasattr(socket, "TCP_INFO"):
            info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
            unacked = struct.unpack_from("<I", info, _UNACKED)[0]
            silence = struct.unpack_from("<I", info, _LAST_ACK_RECV)[0]  # milliseconds
            return bool(unacked and silence > seconds * 1000)
    return False


def finished(fd: int) -> bool:
    """Whether the peer sends nothing more: its FIN or RST is here, read or not."""
    with suppress(OSError, struct.error), duplicate(fd) as sock:
        if sock.family in INTERNET and hasattr(socket, "TCP_INFO"):
            return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)[0] != ESTABLISHED
        return False
    return True


def reset_on_close(sock: socket.socket) -> None:
    """Let the socket's end be a RST, which drops what it still holds."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def duplicate(fd: int) -> Iterator[socket.socket]:
    """A socket object of a descriptor that is somebody else's."""
    copy = os.dup(fd)
    try:
        sock = socket.socket(fileno=copy)
    except OSError:  # not a socket
        os.close(copy)
        raise
    try:
        yield sock
    finally:
        sock.close()


def descriptors() -> list[int]:
    """Those of this process."""
    return [int(name) for name in os.listdir("/proc/self/fd")]


def end_of(fd: int) -> End | None:
    """Which connection a descriptor is; None if it is none."""
    with suppress(OSError, ValueError), duplicate(fd) as sock:
        if sock.family in INTERNET:
            peer, own = sock.getpeername(), sock.getsockname()
            return (unmapped(peer[0]), peer[1], own[1])
    return None


def unmapped(host: str) -> str:
    """An IPv4 address that a socket for both families shows as IPv6 (RFC 4291 section 2.5.5.2)."""
    return host.removeprefix("::ffff:") if "." in host else host
