"""A real Redis server for tests: started, killed, paused and asked as a broker's operator would."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from tests.support.servers import free_port

RUNNING: list[RedisServer] = []

# Debian's server is in /usr/bin, others' in /usr/sbin, which not every user's PATH has.
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/bin", "/usr/sbin", "/usr/local/bin"])

OPERATOR = "tests-operator"  # a user, and its password: this file's own

Persistence = Literal["always", "snapshots", "none"]

PERSISTENCE: dict[Persistence, Sequence[str]] = {
    # every accepted write is on the disk before the answer
    "always": ("appendonly yes", "appendfsync always", 'save ""'),
    # what Redis does where nothing is configured: a kill loses what came after the last snapshot
    "snapshots": ("appendonly no", "save 3600 1 300 100 60 10000"),
    # a restart begins with nothing
    "none": ("appendonly no", 'save ""'),
}


@dataclass(frozen=True)
class Settings:
    """How a server is set up.

    ``users`` are ACL rules: ``"app on >secret ~* &* +@all"``. The default user gets ``password``,
    and is turned off by a rule of yours: ``"default off"``.
    """

    persistence: Persistence = "none"
    password: str = ""
    users: Sequence[str] = ()
    tls: bool = False
    unix: bool = False
    extra: Sequence[str] = ()
    """Further lines of redis.conf."""


class RedisServer:
    """One redis-server on a port and in a folder of its own; it answers when ``start`` returns.

    >>> with RedisServer(Settings("always")) as server:
    ...     server.kill()
    ...     server.start()  # the same port, and what the disk has
    """

    def __init__(self, settings: Settings = Settings(), start: bool = True) -> None:
        self.settings = settings
        self.program = program("redis-server")
        # Short: the path of a unix socket has 107 bytes at most.
        self.folder = Path(tempfile.mkdtemp(prefix="hf-redis-"))
        self.port = free_port()
        self.certificate = self.folder / "server.crt"
        self.log = self.folder / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None
        if settings.tls:
            self._make_certificate()
        self._write_configuration()
        if start:
            self.start()

    # -- its life --------------------------------------------------------------------------------

    def start(self, timeout: float = 10.0) -> None:
        """Start it, or start it again with what the disk has, and wait until it answers."""
        assert not self.alive, "this server runs already"
        self._process = subprocess.Popen(
            [self.program, str(self.folder / "redis.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C is not for it
        )
        RUNNING.append(self)
        try:
            self._wait_until_it_answers(timeout)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """SIGTERM: it saves what it is set up to save. Nothing if it does not run."""
        if self.alive:
            self.resume()
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL, also while it is paused: what is not on the disk is lost."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """SIGSTOP: the kernel still takes connections and bytes for it, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def close(self) -> None:
        """Kill it, and remove its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> RedisServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None, "this server does not run"
        return self._process.pid

    @property
    def text(self) -> str:
        """Its log so far, over all its starts."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    # -- where it is -----------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where clients find it: the unix socket or TLS where it has them, with the password."""
        return self.url_for()

    def url_for(
        self, user: str = "", password: str | None = None, port: int | None = None, **query: str
    ) -> str:
        """The same for another user, through another port (a proxy), with ``?prefix=...``.

        Of TLS the certificate is named, as redis-py takes it: ``?ssl_ca_certs=PATH``.
        """
        password = self.settings.password if password is None else password
        login = f"{quote(user)}:{quote(password, safe='')}@" if user or password else ""
        if self.settings.unix:
            place = f"unix://{login}{self.folder / 'redis.sock'}"
        elif self.settings.tls:
            place = f"rediss://{login}localhost:{port or self.port}/0"
            query = {"ssl_ca_certs": str(self.certificate), **query}
        else:
            place = f"redis://{login}127.0.0.1:{port or self.port}/0"
        return f"{place}?{urlencode(query, safe='/')}" if query else place

    # -- what it is asked ------------------------------------------------------------------------

    def call(self, *command: Any) -> Any:
        """One command, on a connection of its own, allowed everything.

        ``call("SAVE")`` writes the snapshot that a kill goes back to;
        ``call("CLIENT", "KILL", "TYPE", "pubsub")`` drops all subscribers.
        """
        with self._client() as client:
            return client.execute_command(*command)

    def info(self, section: str = "default") -> dict[str, Any]:
        """INFO of a section: ``info("commandstats")["cmdstat_evalsha"]["calls"]``."""
        with self._client() as client:
            return dict(client.info(section))

    def calls(self) -> dict[str, int]:
        """How often each command was called since the last ``reset``, scripts' own ones too."""
        stats = self.info("commandstats")
        return {name.removeprefix("cmdstat_"): each["calls"] for name, each in stats.items()}

    def reset(self) -> None:
        """Begin to count anew."""
        self.call("CONFIG", "RESETSTAT")

    # -- inside ----------------------------------------------------------------------------------

    def _client(self) -> Redis:
        patience = Retry(NoBackoff(), 0)
        url = self._own_url()
        return Redis.from_url(url, socket_timeout=5, retry=patience, decode_responses=True)

    def _own_url(self) -> str:
        """Unaffected by ACL rules that turn the default user off."""
        return self.url_for(OPERATOR, OPERATOR)

    def _signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        RUNNING.remove(self)
        process.send_signal(number)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _wait_until_it_answers(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline and self.alive:
            try:
                self.call("PING")
                return
            except (RedisError, OSError):
                time.sleep(0.01)  # polling
        raise AssertionError(f"redis-server did not begin to answer:\n{self.text[-2000:]}")

    def _write_configuration(self) -> None:
        settings, folder = self.settings, self.folder
        lines = [
            *("daemonize no", "bind 127.0.0.1", f"dir {folder}", f"logfile {self.log}"),
            # Not by a full disk or a failed fork: what tests ask for is what they get.
            *(
                "stop-writes-on-bgsave-error no",
                "user tests-operator on >tests-operator ~* &* +@all",
            ),
            *PERSISTENCE[settings.persistence],
            *(f"user {rule}" for rule in settings.users),
            *((f'requirepass "{settings.password}"',) if settings.password else ()),
            *((f"unixsocket {folder / 'redis.sock'}",) if settings.unix else ()),
            *(self._tls_lines() if settings.tls else (f"port {self.port}",)),
            *settings.extra,
        ]
        (folder / "redis.conf").write_text("\n".join(lines) + "\n")

    def _tls_lines(self) -> Sequence[str]:
        key = self.folder / "server.key"
        return (
            *("port 0", f"tls-port {self.port}", "tls-auth-clients no"),
            *(f"tls-cert-file {self.certificate}", f"tls-key-file {key}"),
            f"tls-ca-cert-file {self.certificate}",
        )

    def _make_certificate(self) -> None:
        """One that signs itself, for localhost and 127.0.0.1."""
        command = [
            *(program("openssl"), "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(self.folder / "server.key"), "-out", str(self.certificate)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def program(name: str) -> str:
    """Where a program is; an ``AssertionError`` that says what to do where it is not."""
    found = shutil.which(name, path=PATH)
    assert found, f"{name} is not installed: `scripts/system-packages.sh {name}` installs it"
    return found


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A server of this test's own, without persistence. Import it in a conftest.py."""
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[RedisServer]:
    """One that tests share: take a prefix of your own, and leave it running."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def make_redis() -> Iterator[Callable[..., RedisServer]]:
    """``make_redis(Settings(...))``: as many as a test needs, all gone after it."""
    made: list[RedisServer] = []

    def make(settings: Settings = Settings(), start: bool = True) -> RedisServer:
        made.append(RedisServer(settings, start))
        return made[-1]

    yield make
    for server in made:
        server.close()


@atexit.register
def _leave_none_behind() -> None:
    for server in [*RUNNING]:
        server.close()
