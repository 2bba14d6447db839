"""Processes: where they run, what CPU time and memory they use."""

import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from bench.servers.lag import SHAPE, VARIABLE

if sys.platform != "win32":  # which has no such limit
    import resource

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT = 30.0
POLL = 0.02


class Failed(Exception):
    """A process did not do what it was started for; the text is one sentence for the user."""


def cores() -> tuple[int, int] | None:
    """A core for the server and another for the client; None where that cannot be had."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    available = sorted(os.sched_getaffinity(0))
    return (available[0], available[-1]) if len(available) > 1 else None


@contextmanager
def on_core(core: int | None) -> Iterator[None]:
    """Pin what is started in this block to a core: children inherit it, threads and all."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def allow_files(wanted: int) -> None:
    """Raise the limit of open files, for this process and its children."""
    if sys.platform == "win32":
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if 0 <= soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most < wanted:
        raise Failed(f"{wanted} open files are needed and {most} allowed: raise `ulimit -n`")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, all its threads, so far."""
    try:
        # Its CPU clock, in nanoseconds; /proc and psutil round to hundredths of a second.
        return time.clock_gettime((~pid << 3) | 2)
    except (AttributeError, OSError, OverflowError):
        times = psutil.Process(pid).cpu_times()
        return float(times.user + times.system)


def memory(pid: int) -> int:
    """Resident bytes of a process."""
    return int(psutil.Process(pid).memory_info().rss)


def environment() -> dict[str, str]:
    """This process's, with the repository first on the path."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def free_port() -> int:
    """A port of the loopback interface that nobody uses now.

    Below those that clients are given: one of theirs may be taken again before it is bound.
    """
    for _ in range(100):
        port = random.randrange(10_000, 20_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise Failed("no free port was found between 10,000 and 20,000")


@contextmanager
def server(
    command: Sequence[str], core: int | None, given: dict[str, str] | None = None
) -> Iterator[tuple[int, int, str]]:
    """Run a server, the port in place of ``{port}``; yields its process id, port and gauge."""
    port = free_port()
    words = [word.format(port=port) for word in command]
    with tempfile.TemporaryFile("w+") as output, tempfile.NamedTemporaryFile() as gauge:
        gauge.write(bytes(SHAPE.size))
        gauge.flush()
        known = {**(given or environment()), VARIABLE: gauge.name}
        with on_core(core):
            process = subprocess.Popen(words, env=known, stdout=output, stderr=subprocess.STDOUT)
        try:
            _await_port(process, port, output)
            yield process.pid, port, gauge.name
        finally:
            process.kill()  # some of the servers measured wait for their stuck clients for ever
            process.wait()


def _await_port(process: "subprocess.Popen[bytes]", port: int, output: Any) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(POLL)
    output.seek(0)
    last = (output.read().strip().splitlines() or ["it printed nothing"])[-1]
    raise Failed(f"it did not start: {last}")


def run_python(module: str, arguments: Sequence[str], core: int | None, timeout: float) -> str:
    """Run one of our modules to its end; returns what it printed."""
    command = [sys.executable, "-m", module, *arguments]
    pipe = subprocess.PIPE
    with on_core(core):
        process = subprocess.Popen(command, env=environment(), stdout=pipe, stderr=pipe, text=True)
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise Failed(f"{module} did not end within {timeout:g} s") from None
    finally:
        process.kill()
        process.wait()
    if process.returncode:
        last = (errors.strip().splitlines() or ["it printed nothing"])[-1]
        raise Failed(f"{module} failed: {last}")
    return output
