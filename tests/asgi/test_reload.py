"""Under reload the front end's own development server is let in, and the log says so once."""

from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.support.servers import Server

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("kind", ["holdfast", "uvicorn-sansio", "hypercorn"])
def test_localhost_is_allowed_under_reload(kind: str, tmp_path: Path) -> None:
    server = Server(kind, "examples.echo:app", tmp_path / "log", ["--reload"])
    try:
        url = f"ws://127.0.0.1:{server.port}/ws"
        for _ in range(2):
            with connect(url, origin="http://localhost:5173") as client:
                client.send("hi")
                assert client.recv(5) == "Message text was: hi"
        with pytest.raises(InvalidStatus) as refused:
            connect(url, origin="http://example.com")
        assert refused.value.response.status_code == 403
    finally:
        server.stop()
    assert server.text.count("reload is on: origins on localhost are allowed") == 1


def test_not_without_reload(tmp_path: Path) -> None:
    server = Server("uvicorn-sansio", "examples.echo:app", tmp_path / "log")
    try:
        with pytest.raises(InvalidStatus):
            connect(f"ws://127.0.0.1:{server.port}/ws", origin="http://localhost:5173")
    finally:
        server.stop()
    assert 'add origins=["http://localhost:5173"]' in server.text
