"""Finding a socket among the process's descriptors, and writing to one in one go."""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from holdfast.asgi.reach import AddressReach, TransportReach, corked, unbounded
from holdfast.sockets.kernel import UNNAMED, tune, vanished


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


@pytest.mark.parametrize("unsent", [0, 65536])
def test_a_tuned_socket_has_the_options(unsent: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        accepted, _ = server.accept()
        with client, accepted:
            tune(accepted.fileno(), 20.0, unsent)
            tcp = socket.IPPROTO_TCP
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert accepted.getsockopt(tcp, socket.TCP_KEEPIDLE) == 20
            assert accepted.getsockopt(tcp, socket.TCP_USER_TIMEOUT) == 0  # resets slow readers
            assert accepted.getsockopt(tcp, UNNAMED["TCP_NOTSENT_LOWAT"]) == unsent


def test_a_peer_that_acknowledges_has_not_vanished() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        accepted, _ = server.accept()
        with client, accepted:
            accepted.send(b"hello")
            assert not vanished(accepted.fileno(), 0.0)
            accepted.setblocking(False)
            with pytest.raises(BlockingIOError):
                while True:
                    accepted.send(b"x" * 65536)  # nobody reads: the window closes
            assert not vanished(accepted.fileno(), 1.0)
    assert not vanished(-1, 0.0)


class Owner:
    """Has a transport, as uvicorn's protocols do."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport


async def test_what_is_sent_corked_is_written_at_once_and_in_order() -> None:
    received = asyncio.Queue[bytes]()

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.put_nowait(await reader.readexactly(6))
        writer.close()

    server = await asyncio.start_server(keep, "127.0.0.1", 0)
    async with server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        transport = writer.transport
        owner = Owner(transport)
        with pytest.raises(ZeroDivisionError), corked(owner):
            for part in (b"ab", b"cd", b"ef"):
                owner.transport.write(part)
            assert not owner.transport.is_closing()  # everything else is the transport's own
            assert owner.transport is not transport
            raise ZeroDivisionError
        assert owner.transport is transport
        assert await asyncio.wait_for(received.get(), 5) == b"abcdef"
        writer.close()
        await writer.wait_closed()


class Deaf(asyncio.Protocol):
    """As uvicorn's protocol was from 0.50.0 to 0.52.0: its transport cannot tell it to pause."""

    __module__ = "uvicorn.protocols.websockets.websockets_sansio_impl"

    async def send(self, message: Any) -> None: ...


class Hearing(Deaf):
    __module__ = Deaf.__module__

    def pause_writing(self) -> None: ...


def test_a_uvicorn_that_cannot_be_paused_is_without_bound() -> None:
    assert unbounded(Deaf().send)
    assert not unbounded(Hearing().send)


def certificate(folder: Path) -> tuple[str, str]:
    chain, key = str(folder / "chain.pem"), str(folder / "key.pem")
    command = "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=x"
    subprocess.run([*command.split(), "-keyout", key, "-out", chain], check=True, timeout=30)
    return chain, key


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with openssl")
async def test_a_tls_transport_that_is_over_can_still_be_asked(tmp_path: Path) -> None:
    """Asyncio's forgets what it stands on when it is closed again, as uvicorn does."""
    ours, theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    ours.load_cert_chain(*certificate(tmp_path))
    theirs.check_hostname, theirs.verify_mode = False, ssl.CERT_NONE
    accepted: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(
        lambda reader, writer: accepted.set_result(writer.transport), "127.0.0.1", 0, ssl=ours
    )
    async with server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname(), ssl=theirs)
        transport = await accepted
        reach = TransportReach(transport)
        assert reach.fileno() >= 0
        transport.close()
        transport.close()
        assert (reach.fileno(), reach.held(), reach.buffers()) == (-1, 0, False)
        assert reach.abort()
        writer.transport.abort()
