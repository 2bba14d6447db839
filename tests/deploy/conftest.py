"""A server, a certificate, and proxies that end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.proxies import KINDS, Certificate, Proxy, program
from tests.support.servers import STOCK, Server, Servers

APP = "tests.deploy.app:app"
# Pings come as often as a shortened timeout needs. At a lower level its log has query strings.
OPTIONS = ("--ws-ping-interval", "0.5", "--log-level", "warning")

Start = Callable[..., Proxy]


def need(*names: str) -> None:
    """Skip where a program is missing: `make system` installs it, if it is run as root."""
    missing = [name for name in names if program(name) is None]
    if missing:
        names_ = " ".join(missing)
        pytest.skip(f"not installed: {names_} (on Debian: sudo apt-get install {names_})")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each proxy."""
    need(request.param, "openssl")
    return str(request.param)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def upstream(servers: Servers) -> Server:
    """The server that the tests share."""
    return servers(STOCK, APP, *OPTIONS)


@pytest.fixture
def start(tmp_path: Path, certificate: Certificate) -> Iterator[Start]:
    """Start proxies: ``start(kind, upstream, changes)``."""
    started: list[Proxy] = []

    def begin(kind: str, *arguments: Any) -> Proxy:
        folder = tmp_path / f"{kind}-{len(started)}"
        folder.mkdir()
        upstream, *rest = arguments
        proxy = Proxy(kind, upstream, folder, certificate, *rest)
        started.append(proxy)
        return proxy

    yield begin
    for proxy in started:
        proxy.stop()


@pytest.fixture
def proxy(start: Start, kind: str, upstream: Server) -> Proxy:
    """The configuration as it is, in front of the shared server."""
    return start(kind, upstream.port)
