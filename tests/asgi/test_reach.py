"""Finding a socket among the process's descriptors."""

import os
import socket

from holdfast.asgi.reach import AddressReach


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_a_search_leaves_no_descriptor_behind() -> None:
    read, write = os.pipe()  # a descriptor that is no socket, whatever else is open
    try:
        before = descriptors()
        for _ in range(3):
            assert AddressReach(("192.0.2.1", 1), ("192.0.2.1", 2)).fileno() == -1
        assert descriptors() == before
    finally:
        os.close(read)
        os.close(write)


def test_a_socket_is_found_by_its_two_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        accepted, _ = server.accept()
        with client, accepted:
            reach = AddressReach(client.getsockname(), client.getpeername())
            assert reach.fileno() == accepted.fileno()
            assert reach.abort()
            assert client.recv(1) == b""
