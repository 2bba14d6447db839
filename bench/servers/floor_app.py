"""The floor where there is no C compiler: a loop over ``os.write``. ``floor_app.py PORT``."""

import os
import select
import socket
import sys
import time

from bench.servers.order import EVERYONE, JOINED, Order, joined_channels

ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
members: dict[str, list[int]] = {EVERYONE: []}
sockets: dict[int, socket.socket] = {}


def frame(text: str) -> bytes:
    """An unmasked text frame of less than 64 KiB."""
    size = len(text)
    head = bytes([0x81, size]) if size < 126 else bytes([0x81, 126, size >> 8, size & 255])
    return head + text.encode()


def write(fd: int, data: bytes) -> None:
    """All of it; waits for a full socket."""
    while data:
        try:
            data = data[os.write(fd, data) :]
        except BlockingIOError:
            select.select([], [fd], [], 1.0)


def broadcast(order: Order) -> None:
    """On order."""
    due = time.monotonic()
    for number in range(order.messages):
        data = frame(order.payload())
        for fd in members.get(order.channel(number), ()):
            write(fd, data)
        due += order.pace / 1000
        if order.pace:
            select.select([], [], [], max(0.0, due - time.monotonic()))


def obey(fd: int, text: str) -> None:
    """One text of a client."""
    if order := Order.parse(text):
        broadcast(order)
    elif names := joined_channels(text):
        for name in names:
            members.setdefault(name, []).append(fd)
        write(fd, frame(JOINED))
    else:
        write(fd, frame(text))


def texts(data: bytes) -> list[str]:
    """The texts of whole masked frames, as the benchmark's client sends them."""
    found = []
    while data:
        size, start = data[1] & 127, 2
        if size == 126:
            size, start = int.from_bytes(data[2:4], "big"), 4
        mask, payload = data[start : start + 4], data[start + 4 : start + 4 + size]
        found.append(bytes(byte ^ mask[at & 3] for at, byte in enumerate(payload)).decode())
        data = data[start + 4 + size :]
    return found


def take(fd: int) -> None:
    """One read: a handshake, or frames."""
    data = sockets[fd].recv(1 << 16)
    if not data:
        for fds in members.values():
            while fd in fds:
                fds.remove(fd)
        sockets.pop(fd).close()
    elif data.startswith(b"GET "):
        members[EVERYONE].append(fd)
        write(fd, ANSWER)
    else:
        for text in texts(data):
            obey(fd, text)


def main(port: int) -> None:
    """Serve for ever."""
    listener = socket.create_server(("127.0.0.1", port), backlog=4096)
    events = select.epoll()
    events.register(listener, select.EPOLLIN)
    while True:
        for fd, _ in events.poll():
            if fd != listener.fileno():
                take(fd)
                continue
            one = listener.accept()[0]
            one.setblocking(False)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sockets[one.fileno()] = one
            events.register(one, select.EPOLLIN)


if __name__ == "__main__":
    main(int(sys.argv[1]))
