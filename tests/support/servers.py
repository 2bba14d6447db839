"""Real ASGI servers, each as a process of its own."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

COMMANDS: dict[str, Sequence[str]] = {
    "holdfast": (
        *("uvicorn", "{app}", "--host", "{host}", "--port", "{port}"),
        *("--ws", "holdfast.server:Protocol"),
    ),
    "uvicorn-sansio": (
        *("uvicorn", "{app}", "--host", "{host}", "--port", "{port}"),
        *("--ws", "websockets-sansio"),
    ),
    "uvicorn-wsproto": (
        *("uvicorn", "{app}", "--host", "{host}", "--port", "{port}"),
        *("--ws", "wsproto"),
    ),
    "hypercorn": ("hypercorn", "{app}", "--bind", "{host}:{port}"),
    "granian": (
        *("granian", "{app}", "--host", "{host}", "--port", "{port}"),
        *("--interface", "asgi"),
    ),
    "daphne": ("daphne", "{app}", "--bind", "{host}", "--port", "{port}"),
}
KINDS = tuple(COMMANDS)
# Uvicorn's two differ in frames and closes alone: what concerns neither is tried on one of them.
MOST_KINDS = tuple(kind for kind in KINDS if kind != "uvicorn-wsproto")
STOCK = "uvicorn-sansio"  # what `uvicorn app` runs

WORKERS = 8  # of one run, at most, for which no two have a port in common
GIVEN: set[int] = set()

RUNNING: list["Server"] = []  # so that a test that fails can show their logs


class Server:
    """One server process; it serves when the constructor returns."""

    def __init__(
        self,
        kind: str,
        app: str,
        log: Path,
        options: Sequence[str] = (),
        host: str = "127.0.0.1",
    ) -> None:
        self.kind = kind
        self.port = free_port()
        self.log = log
        command = [part.format(app=app, host=host, port=self.port) for part in COMMANDS[kind]]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command, *options],
                cwd=ROOT,
                env=_environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # granian has workers, which must end with it
            )
        RUNNING.append(self)
        try:
            self._wait_until_it_listens(30)
        except BaseException:
            self.stop()
            raise

    @property
    def text(self) -> str:
        """Its log so far."""
        return self.log.read_text(errors="replace")

    def terminate(self) -> None:
        """SIGTERM, as an init system sends it."""
        self.process.send_signal(signal.SIGTERM)

    def stop(self, grace: float = 3.0) -> None:
        """SIGTERM, and SIGKILL to whatever is left after ``grace`` seconds."""
        if self.process.poll() is None:
            self.terminate()
            try:
                self.process.wait(grace)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        RUNNING.remove(self)

    def _wait_until_it_listens(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)  # polling
        raise AssertionError(f"{self.kind} did not start to listen:\n{self.text}")


class Servers:
    """Servers of one test run, each started when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shared: dict[tuple[str, ...], Server] = {}
        self._count = 0

    def __call__(self, kind: str, app: str, *options: str) -> Server:
        """A server that tests share; a new one if it has ended."""
        key = (kind, app, *options)
        server = self._shared.get(key)
        if server is None or server.process.poll() is not None:
            server = self._shared[key] = self.fresh(kind, app, *options)
        return server

    def fresh(self, kind: str, app: str, *options: str) -> Server:
        """A server that no other test has touched."""
        self._count += 1
        return Server(kind, app, self._folder / f"{self._count}-{kind}.log", options)

    def stop(self) -> None:
        """End all of them."""
        for server in RUNNING:
            server.terminate()
        for server in RUNNING[:]:
            server.stop(grace=1.0)


def free_port() -> int:
    """Below those that clients are given: one of theirs may be taken again before it is bound.

    No port is given twice, nor to two of the workers that run the tests.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for _ in range(100):
        port = random.randrange(20_000 + worker % WORKERS, 32_000, WORKERS)
        if port in GIVEN:
            continue
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            GIVEN.add(port)
            return port
    raise AssertionError("no free port was found")


def _environment() -> dict[str, str]:
    known = os.environ.get("PYTHONPATH", "")
    paths = [str(ROOT), str(ROOT / "src"), *filter(None, known.split(os.pathsep))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"}
