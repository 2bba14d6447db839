from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MAIN = "from holdfast.cli import main; main(prog_name='holdfast')"


def refused(prelude: str, *arguments: str) -> str:
    """Run the command where it must fail, and return the sentence that it says."""
    result = subprocess.run(
        [sys.executable, "-c", prelude + MAIN, "demo", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    return result.stderr


@pytest.mark.parametrize("name", ["uvicorn", "psutil", "websockets"])
def test_a_missing_extra_is_one_sentence(name: str) -> None:
    sentence = refused(f"import sys; sys.modules[{name!r}] = None; ")
    assert (
        sentence == f"Error: The demo needs {name}: install it with  pip install 'holdfast[demo]'\n"
    )


def test_a_busy_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = refused("", "--port", str(port))
    assert (
        sentence == f"Error: Port {port} on 127.0.0.1 is in use: choose another one with --port\n"
    )


def test_an_unknown_host_is_one_sentence() -> None:
    sentence = refused("", "--host", "no-such-host.invalid")
    assert sentence.startswith("Error: Cannot listen on no-such-host.invalid port 8000: ")
    assert sentence.count("\n") == 1


@contextmanager
def running_demo(
    *arguments: str, **environment: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", MAIN, "demo", "--port", "0", *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        assert select.select([process.stdout], [], [], 30)[0], "the demo said nothing"
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, process.stderr and process.stderr.read()
        yield process, found[0]
    finally:
        process.kill()
        process.communicate()


@pytest.mark.servers
def test_the_demo_serves_its_page_and_ends_on_ctrl_c() -> None:
    with running_demo() as (process, url):
        with urllib.request.urlopen(url, timeout=20) as answer:
            assert answer.status == 200
            assert "text/html" in answer.headers["content-type"]
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in errors


@pytest.mark.servers
def test_open_shows_the_page_in_the_users_browser(tmp_path: Path) -> None:
    browser, told = tmp_path / "browser", tmp_path / "told"
    os.mkfifo(told)
    browser.write_text(f'#!/bin/sh\necho "$1" > {told}\n')
    browser.chmod(0o755)
    with running_demo("--open", BROWSER=str(browser)) as (_, url):
        assert told.read_text().strip() == url


@pytest.mark.servers
def test_where_no_browser_can_be_started_that_is_said() -> None:
    with running_demo("--open", BROWSER="/bin/false", PATH="/nowhere") as (process, _):
        assert process.stderr
        assert select.select([process.stderr], [], [], 30)[0], "nothing was said"
        assert process.stderr.readline().startswith("No browser could be started")
