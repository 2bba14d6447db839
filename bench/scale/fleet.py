"""One Redis and the workers on it: started, measured, ended."""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from bench.process import Failed, cpu_seconds, environment, free_port, on_core, server
from bench.scale.programs import Program
from bench.servers.broker import ADDRESS, HISTORY, LAYER

POLL = 0.02
START = 10.0  # seconds that a Redis may take to answer
GENTLE = 5.0  # seconds that workers may take to end by themselves
IN_MEMORY = ("--save", "", "--appendonly", "no", "--daemonize", "no")


@dataclass(frozen=True)
class Redis:
    """A server of this run's own."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://127.0.0.1:{self.port}/0"


def missing() -> str:
    """One sentence where there is no redis-server, else nothing."""
    if shutil.which("redis-server"):
        return ""
    return "There is no redis-server here: install it (Debian and Ubuntu: redis-server)."


@contextmanager
def redis(core: int | None) -> Iterator[Redis]:
    """Run a Redis that keeps everything in memory."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as output:
        words = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder]
        with on_core(core):
            process = subprocess.Popen([*words, *IN_MEMORY], stdout=output, stderr=output)
        try:
            _await_redis(process, port)
            yield Redis(process.pid, port)
        finally:
            process.kill()
            process.wait()


def _await_redis(process: "subprocess.Popen[bytes]", port: int) -> None:
    from redis import Redis as Client
    from redis.exceptions import RedisError

    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        try:
            with Client(port=port, socket_timeout=1) as client:
                client.ping()
            return
        except (RedisError, OSError):
            time.sleep(POLL)
    raise Failed("redis-server did not start")


@dataclass(frozen=True)
class Fleet:
    """The processes of one program, and the broker's."""

    port: int
    pids: tuple[int, ...]
    broker: int

    @property
    def words(self) -> list[str]:
        """For the client process."""
        return [str(self.port), ",".join(map(str, self.pids)), str(self.broker)]


@contextmanager
def fleet(program: Program, core: int | None, broker: Redis) -> Iterator[Fleet]:
    """Run a program's workers on a Redis. All of them inherit the core."""
    known = environment()
    for name in (ADDRESS, LAYER, HISTORY):
        known.pop(name, None)
    known |= program.environment
    if program.workers > 1:
        known[ADDRESS] = broker.url
    with server(program.peer.command(), core, known) as (pid, port, _):
        try:
            yield Fleet(port, family(pid), broker.pid)
        finally:
            _end(pid)


def family(pid: int) -> tuple[int, ...]:
    """A process and all that it has started."""
    parent = psutil.Process(pid)
    return (pid, *(child.pid for child in parent.children(recursive=True)))


def cpu(pids: tuple[int, ...]) -> float:
    """Seconds of all of them."""
    return sum(map(cpu_seconds, pids))


def _end(pid: int) -> None:
    """The workers before their parent, which would start others."""
    processes = [psutil.Process(one) for one in family(pid)]
    processes[0].send_signal(signal.SIGSTOP)
    for process in processes[1:]:
        process.kill()
    psutil.wait_procs(processes[1:], GENTLE)
