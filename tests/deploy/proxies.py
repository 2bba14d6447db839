"""The committed configurations of nginx and HAProxy, run as they are but for ports and paths."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import psutil

from holdfast.testing import until_sync
from tests.support.servers import ROOT, RUNNING, free_port

FILES = {"nginx": ROOT / "deploy" / "nginx.conf", "haproxy": ROOT / "deploy" / "haproxy.cfg"}
KINDS = tuple(FILES)
HOST = "example.com"  # the name in the files
WHERE = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


@cache
def program(name: str) -> str | None:
    """Where the program is. Debian's are in /usr/sbin, which not every user's PATH has."""
    return shutil.which(name, path=WHERE)


class Certificate:
    """A certificate for the name in the files, signed by itself."""

    def __init__(self, folder: Path) -> None:
        self.chain, self.key = folder / "fullchain.pem", folder / "privkey.pem"
        self.both = folder / f"{HOST}.pem"
        self._make()
        self.both.write_text(self.chain.read_text() + self.key.read_text())

    def context(self, *protocols: str) -> ssl.SSLContext:
        """A client's: it trusts this certificate alone."""
        context = ssl.create_default_context(cafile=self.chain)
        if protocols:
            context.set_alpn_protocols(protocols)
        return context

    def _make(self) -> None:
        command = [program("openssl") or "openssl", "req", "-x509", "-nodes", "-days", "2"]
        command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-subj", f"/CN={HOST}"]
        command += ["-addext", f"subjectAltName=DNS:{HOST}"]
        command += ["-keyout", str(self.key), "-out", str(self.chain)]
        subprocess.run(command, check=True, capture_output=True)


class Proxy:
    """One of them, in front of an upstream; it listens when the constructor returns.

    ``upstream``: a port of this machine, or the address as the configuration writes it.
    ``changes``: further texts of the configuration, and what stands there in this test; as a rule
    timeouts that are too long to wait for. A text that is not in the file fails.
    """

    def __init__(
        self,
        kind: str,
        upstream: int | str,
        folder: Path,
        certificate: Certificate,
        changes: Mapping[str, str] = {},
    ) -> None:
        self.kind = kind
        self.certificate = certificate
        self.plain, self.port = free_port(), free_port()
        self._folder = folder
        self._config = folder / FILES[kind].name
        address = f"127.0.0.1:{upstream}" if isinstance(upstream, int) else upstream
        places = self._nginx_places() if kind == "nginx" else self._haproxy_places()
        self._write({**places, "127.0.0.1:8000": address, **changes})
        with (folder / "output.log").open("wb") as output:
            self.process = subprocess.Popen(
                self._command(), stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        RUNNING.append(self)  # type: ignore[arg-type]  # only for its log, if the test fails
        try:
            until_sync(self._listens, what=f"{kind} listens")
        except BaseException:
            self.stop()
            raise

    @property
    def text(self) -> str:
        """Everything that it logged so far."""
        logs = sorted(self._folder.glob("*.log"))
        return "".join(log.read_text(errors="replace") for log in logs)

    def reload(self) -> None:
        """As ``systemctl reload`` does; returns when new workers are there."""
        number = signal.SIGHUP if self.kind == "nginx" else signal.SIGUSR2
        # HAProxy's master starts itself anew behind its workers' backs, and ignores it meanwhile.
        until_sync(lambda: self._handles(number), what=f"{self.kind} handles {number.name}")
        before = self.workers()
        self.process.send_signal(number)
        until_sync(lambda: self.workers() - before, what=f"{self.kind} has reloaded")

    def workers(self) -> set[int]:
        """The processes that serve, and those that wait for their last connections to end."""
        return {child.pid for child in psutil.Process(self.process.pid).children()}

    def stop(self) -> None:
        """End it and its workers."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        RUNNING.remove(self)  # type: ignore[arg-type]

    def _write(self, places: Mapping[str, str]) -> None:
        text = FILES[self.kind].read_text()
        for old, new in places.items():
            assert old in text, f"{FILES[self.kind]}: no {old!r}"
            text = text.replace(old, new)
        self._config.write_text(text)

    def _command(self) -> list[str]:
        name = program(self.kind) or self.kind
        if self.kind == "nginx":
            return [name, "-p", str(self._folder), "-c", str(self._config), "-g", "daemon off;"]
        return [name, "-W", "-f", str(self._config)]

    def _nginx_places(self) -> dict[str, str]:
        # Its folders for large bodies have compiled-in defaults, which not everybody may write to.
        bodies = "".join(
            f"    {name}_temp_path {self._folder}/{name};\n"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = pwd.getpwuid(os.getuid()).pw_name
        return {
            "http {\n": f"http {{\n{bodies}",
            "user www-data;": f"user {user};" if os.getuid() == 0 else "",
            "/run/nginx.pid": f"{self._folder}/nginx.pid",
            "/var/log/nginx/": f"{self._folder}/",
            "worker_processes auto;": "worker_processes 1;",
            "worker_rlimit_nofile 65536;": "",
            "worker_connections 16384;": "worker_connections 512;",
            "listen 80": f"listen 127.0.0.1:{self.plain}",
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "/etc/ssl/example.com": str(self.certificate.chain.parent),
        }

    def _haproxy_places(self) -> dict[str, str]:
        return {
            "    user haproxy\n    group haproxy\n    chroot /var/lib/haproxy\n": "",
            "maxconn 16384": "maxconn 512",
            "bind :80": f"bind 127.0.0.1:{self.plain}",
            "bind :443": f"bind 127.0.0.1:{self.port}",
            "/etc/haproxy/certs/example.com.pem": str(self.certificate.both),
        }

    def _handles(self, number: signal.Signals) -> bool:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
        return bool(int(caught.split()[1], 16) >> (number - 1) & 1)

    def _listens(self) -> bool:
        assert self.process.poll() is None, f"{self.kind} has ended:\n{self.text}"
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True
