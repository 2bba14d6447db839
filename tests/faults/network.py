"""A network that loses its packets: two namespaces, and a router between them and this machine.

    servers on this machine -- router (a namespace) -- clients (a namespace)

When the router stops forwarding, both ends go on as if nothing had happened: no FIN, no RST, no
carrier lost, no ICMP. That is what a laptop's closed lid and a dead mobile network look like.
It needs root on Linux; elsewhere clients drop the packets themselves (``Peer.half_open``).
"""

from __future__ import annotations

import ctypes
import ipaddress
import itertools
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

CLONE_NEWNET = 0x40000000
BENCHMARKS = int(ipaddress.ip_address("198.18.0.0"))  # routed nowhere (RFC 2544)
BLOCKS = (1 << 17) // 8  # of eight addresses
NUMBERS = itertools.count()
TRIES = 3


class Failed(Exception):
    """A namespace or a link could not be made."""


class Namespace:
    """A network namespace that lives as long as one process of ours, and no longer."""

    def __init__(self) -> None:
        self._holder = subprocess.Popen(
            ["unshare", "--net", "cat"],  # ends when our end of the pipe does, however we end
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._holder.stdin
        assert self._holder.stdout
        with suppress(OSError):
            self._holder.stdin.write(b"\n")
            self._holder.stdin.flush()
        if self._holder.stdout.read(1) != b"\n":  # it is inside once it answers
            self.close()
            raise Failed("no network namespace: this needs root on Linux")
        self.pid = self._holder.pid

    def run(self, *command: str) -> None:
        """Run a program within it."""
        run("nsenter", f"--net=/proc/{self.pid}/ns/net", *command)

    def socket(self) -> socket.socket:
        """A TCP socket within it, for this process: a socket stays where it was made."""
        here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/proc/{self.pid}/ns/net", os.O_RDONLY)
        try:
            enter(there)
            try:
                return socket.socket()
            finally:
                enter(here)
        finally:
            os.close(here)
            os.close(there)

    def close(self) -> None:
        """End it, and with it its links."""
        self._holder.kill()
        self._holder.communicate()


class Network:
    """Clients behind a router that can be told to drop everything."""

    def __init__(self) -> None:
        number = os.getpid() * 16 + next(NUMBERS) % 16  # another one for each of a run
        first = BENCHMARKS + 8 * (number % BLOCKS)
        hosts = [str(ipaddress.ip_address(first + i)) for i in range(8)]
        self.address = hosts[1]
        """Of this machine, as the clients see it."""
        self._spaces: list[Namespace] = []
        try:
            self._router = self._space()
            self._clients = self._space()
            self._build([f"hf{number}{end}" for end in "abcd"], hosts)
        except BaseException:
            self.close()
            raise

    def _space(self) -> Namespace:
        space = Namespace()
        self._spaces.append(space)
        return space

    def _build(self, names: Sequence[str], hosts: Sequence[str]) -> None:
        router, clients = self._router, self._clients
        ours, near, far, theirs = names
        run("ip", "link", "add", ours, "type", "veth", "peer", "name", near)
        run("ip", "link", "set", near, "netns", str(router.pid))
        router.run("ip", "link", "add", far, "type", "veth", "peer", "name", theirs)
        router.run("ip", "link", "set", theirs, "netns", str(clients.pid))
        for where, name, host in (
            (run, ours, hosts[1]),
            (router.run, near, hosts[2]),
            (router.run, far, hosts[5]),
            (clients.run, theirs, hosts[6]),
        ):
            where("ip", "address", "add", f"{host}/30", "dev", name)
            where("ip", "link", "set", name, "up")
        router.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        clients.run("ip", "route", "add", "default", "via", hosts[5])
        run("ip", "route", "add", f"{hosts[4]}/30", "via", hosts[2])

    def socket(self) -> socket.socket:
        """A client's socket."""
        return self._clients.socket()

    def cut(self) -> None:
        """Drop every packet from now on, both ways, silently."""
        self._router.run("sh", "-c", "echo 0 > /proc/sys/net/ipv4/ip_forward")

    def close(self) -> None:
        """Remove it: the links go with the namespaces."""
        for space in self._spaces:
            space.close()


def make_network() -> Network | None:
    """A network to be cut, or None where none can be made."""
    for _ in range(TRIES if sys.platform == "linux" else 0):  # a number may be taken
        with suppress(Failed, OSError):
            return Network()
    return None


def run(*command: str) -> None:
    """Run a program; its complaint is the error."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(command)}: {done.stderr.strip()}")


def enter(namespace: int) -> None:
    """Move this thread into a namespace (``os.setns`` came with Python 3.12)."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
