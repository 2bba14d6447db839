"""`holdfast publish` and `holdfast tail`, as processes beside a real Redis."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from holdfast import Position
from holdfast.backplane.port import History, Rule
from holdfast.backplane.publisher import Publisher
from holdfast.backplane.redis.entries import rule
from holdfast.testing import until_sync
from tests.support.redis import RedisServer, Settings
from tests.support.servers import free_port

pytestmark = pytest.mark.servers

HOLDFAST = str(Path(sys.executable).with_name("holdfast"))
KEEPS = ("kept.", "")  # the literals of a rule: kept.{name}


class Result(NamedTuple):
    code: int
    out: str
    err: str


class Shell:
    """Where the commands are called: with one broker in the environment."""

    def __init__(self, redis: RedisServer) -> None:
        self.redis = redis
        self.tails: list[Tail] = []

    def __call__(self, *arguments: str, stdin: bytes = b"", url: str | None = None) -> Result:
        result = subprocess.run(
            [HOLDFAST, *arguments],
            input=stdin,
            capture_output=True,
            timeout=30,
            check=False,
            env=self.environ(url),
        )
        return Result(result.returncode, result.stdout.decode(), result.stderr.decode())

    def environ(self, url: str | None = None) -> dict[str, str]:
        return {**os.environ, "HOLDFAST_BACKPLANE": self.redis.url if url is None else url}

    def tail(self, *arguments: str) -> Tail:
        self.tails.append(Tail(arguments, self.environ()))
        return self.tails[-1]


def hear_ctrl_c() -> None:
    """What a shell starts in the background, and all that is started from there, ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Tail:
    """`holdfast tail`, running."""

    def __init__(self, arguments: tuple[str, ...], environ: dict[str, str]) -> None:
        self._out = tempfile.TemporaryFile()  # noqa: SIM115 (as long as the process)
        self._err = tempfile.TemporaryFile()  # noqa: SIM115
        self.process = subprocess.Popen(
            [HOLDFAST, "tail", *arguments],
            stdout=self._out,
            stderr=self._err,
            env=environ,
            preexec_fn=hear_ctrl_c,
        )

    @property
    def lines(self) -> list[str]:
        return self._text(self._out).splitlines()

    @property
    def err(self) -> str:
        return self._text(self._err)

    def shows(self, count: int) -> list[str]:
        """Wait for so many lines."""
        until_sync(lambda: len(self.lines) >= count or self.process.poll() is not None, 20)
        assert len(self.lines) == count, (self.lines, self.err)
        return self.lines

    def says(self, words: str) -> None:
        """Wait for these words on standard error."""
        until_sync(lambda: words in self.err or self.process.poll() is not None, 30)
        assert words in self.err

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._out.close()
        self._err.close()

    def _text(self, file: object) -> str:
        number = file.fileno()  # type: ignore[attr-defined]
        return os.pread(number, 1 << 20, 0).decode()


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def shell(redis: RedisServer) -> Iterator[Shell]:
    redis.call("FLUSHALL")
    redis.call("HSET", "holdfast:rules", *rule(Rule(KEEPS, History(size=100, ttl=60))))
    made = Shell(redis)
    yield made
    for one in made.tails:
        one.close()


@pytest.fixture
def publisher(redis: RedisServer) -> Iterator[Publisher]:
    with Publisher(redis.url) as made:
        yield made


def watched(shell: Shell, channel: str) -> None:
    """Wait until somebody is subscribed to it."""
    name = f"holdfast:to:{channel}"
    until_sync(lambda: shell.redis.call("PUBSUB", "NUMSUB", name)[1] >= 1, 20)
    until_sync(lambda: shell.redis.call("EXISTS", f"holdfast:log:{channel}") == 1, 20)


# -- publish ---------------------------------------------------------------------------------------


def test_it_prints_the_position(shell: Shell) -> None:
    first, second = shell("publish", "news", "one"), shell("publish", "news", "two")
    assert (first.code, first.err) == (0, "")
    before, after = Position.parse(first.out.strip()), Position.parse(second.out.strip())
    assert (after.epoch, after.offset) == (before.epoch, before.offset + 1)


def test_what_is_published_is_what_tail_shows(shell: Shell, publisher: Publisher) -> None:
    tail = shell.tail("news")
    watched(shell, "news")
    positions = [
        shell("publish", "news", "hello").out.strip(),
        shell(
            "publish", "news", '{"a": 1.0, "b": [12345678901234567890123]}', "--json"
        ).out.strip(),
        shell("publish", "news", "-", stdin=b"two\nlines\n").out.strip(),
        str(publisher.publish("news", "\x1b[31mred\x07")),
        str(publisher.publish("news", b"\x00\xff")),
    ]
    shown = [line.split("  ", 1) for line in tail.shows(5)]
    assert [position for position, _ in shown] == positions
    assert [data for _, data in shown] == [
        "hello",
        '{"a":1.0,"b":[12345678901234567890123]}',
        r"two\nlines",
        r"\x1b[31mred\x07",
        f"base64:{base64.b64encode(bytes([0, 255])).decode()}",
    ]


def test_tail_writes_lines_of_json(shell: Shell, publisher: Publisher) -> None:
    tail = shell.tail("news", "--json")
    watched(shell, "news")
    options = ("--key", "k", "--tag", "a=b=c", "--tag", "x=")
    position = shell("publish", "news", '{"a": 1}', "--json", *options).out.strip()
    publisher.publish("news", "text")
    publisher.publish("news", b"\xff")
    first, second, third = (json.loads(line) for line in tail.shows(3))
    assert first.pop("time") == pytest.approx(second.pop("time"), abs=60)
    assert first == {
        "position": position,
        "key": "k",
        "tags": {"a": "b=c", "x": ""},
        "data": {"a": 1},
    }
    assert (second["data"], third["base64"]) == ("text", "/w==")


def test_json_that_is_sent_as_text_is_said(shell: Shell) -> None:
    assert "--json publishes it as data" in shell("publish", "news", '{"a": 1}').err
    assert shell("publish", "news", '{"a": 1}', "--text").err == ""
    assert shell("publish", "news", "[1, 2").err == ""


def test_keys_and_versions_reach_the_broker(shell: Shell) -> None:
    once = [shell("publish", "news", "x", "--idempotency-key", "7").out for _ in range(2)]
    assert once[0] == once[1]
    newer = [shell("publish", "news", "x", "--version-number", str(one)).out for one in (3, 2, 4)]
    assert newer[0] == newer[1] != newer[2]


def test_what_cannot_be_published(shell: Shell) -> None:
    wrong = {
        ("news", "{", "--json"): "Error: DATA is no JSON: ",
        ("holdfast:x", "y"): "Error: 'holdfast:x': names that begin with 'holdfast:' are ",
        ("news", "y", "--tag", "q"): "'q' is no NAME=VALUE",
        ("news", "y", "--backplane", "memory://"): "nothing outside of a process reaches its ",
    }
    for arguments, sentence in wrong.items():
        result = shell("publish", *arguments)
        assert (result.code, result.out) == (2, "")
        assert sentence in result.err
        assert "Traceback" not in result.err
    result = shell("publish", "news", "-", stdin=b"\xff")
    assert (result.code, result.err[:44]) == (
        2,
        "Error: standard input is no UTF-8 text: 'utf"[:44],
    )


# -- the broker ------------------------------------------------------------------------------------

COMMANDS = [("publish", "news", "x"), ("tail", "news")]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one[0])
def test_a_broker_that_is_not_there(shell: Shell, command: tuple[str, ...]) -> None:
    place = f"redis://127.0.0.1:{free_port()}"
    url = place.replace("//", "//:s3cret@")
    quick = ("--timeout", "0.5") if command[0] == "publish" else ()
    result = shell(*command, *quick, url=url)
    assert result.code == 1
    assert re.fullmatch(rf"Error: .*: backplane {place} is away: .*\n", result.err)
    assert "s3cret" not in result.err


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one[0])
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "no broker is named: give --backplane redis://HOST, or HOLDFAST_BACKPLANE"),
        ("http://:s3cret@localhost", "is no URL of a broker"),
        ("redis://:s3cret@localhost/x", "'x' is no number of a database"),
    ],
)
def test_a_url_that_cannot_be(shell: Shell, command: tuple[str, ...], url: str, words: str) -> None:
    result = shell(*command, url=url)
    assert result.code == 2
    assert words in result.err
    assert result.err.count("\n") == 1
    assert "s3cret" not in result.err


def test_a_wrong_password_and_a_missing_one() -> None:
    with RedisServer(Settings(password="right")) as redis:
        shell = Shell(redis)
        assert shell("publish", "news", "x").code == 0
        for login in ("", ":s3cret@"):
            url = f"redis://{login}127.0.0.1:{redis.port}"
            for command in COMMANDS:
                result = shell(*command, url=url)
                assert result.code == 2
                assert "wrong user or password, or one is needed" in result.err
                assert result.err.count("\n") == 1
                assert "s3cret" not in result.err


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one[0])
def test_a_missing_package_is_one_sentence(command: tuple[str, ...]) -> None:
    code = "import sys; sys.modules['redis'] = None; from holdfast.cli import main; "
    result = subprocess.run(
        [sys.executable, "-c", f"{code}main(prog_name='holdfast')", *command],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ, "HOLDFAST_BACKPLANE": "redis://localhost"},
    )
    assert result.returncode == 2
    assert result.stderr == (
        "Error: a redis:// backplane needs the redis package: pip install 'holdfast[redis]'\n"
    )


# -- tail ------------------------------------------------------------------------------------------


def texts(lines: list[str]) -> list[str]:
    return [line.split("  ", 1)[1] for line in lines]


def test_tail_begins_where_it_is_told_and_misses_nothing(
    shell: Shell, publisher: Publisher
) -> None:
    positions = [publisher.publish("kept.a", str(number)) for number in range(1, 6)]
    tails = [
        shell.tail("kept.a", "--since", "2"),
        shell.tail("kept.a", "--since", "all"),
        shell.tail("kept.a", "--since", str(positions[1])),
        shell.tail("kept.a"),
    ]
    name = "holdfast:to:kept.a"
    until_sync(lambda: shell.redis.call("PUBSUB", "NUMSUB", name)[1] == 4, 20)
    for tail, count in zip(tails[:3], (2, 5, 3), strict=True):
        tail.shows(count)
    publisher.publish("kept.a", "6")
    assert texts(tails[0].shows(3)) == ["4", "5", "6"]
    assert texts(tails[1].shows(6)) == ["1", "2", "3", "4", "5", "6"]
    assert texts(tails[2].shows(4)) == ["3", "4", "5", "6"]
    assert all(tail.err == "" for tail in tails)


def test_tail_says_what_is_not_kept_any_more(shell: Shell, publisher: Publisher) -> None:
    position = publisher.publish("kept.b", "1")
    publisher.publish("kept.b", "2")
    other = Position("another", 7)
    tails = [shell.tail("kept.b", "--since", str(one)) for one in (other, position)]
    assert texts(tails[0].shows(2)) == ["1", "2"]
    assert "gap: not all that came after another-7 is kept" in tails[0].err
    assert texts(tails[1].shows(1)) == ["2"]
    assert tails[1].err == ""


def test_tail_takes_no_nonsense(shell: Shell) -> None:
    result = shell("tail", "news", "--since", "yesterday")
    assert result.code == 2
    assert result.err.startswith("Error: --since: 'yesterday' is ")


def test_tail_outlives_its_broker_and_tells_of_another_log(publisher: Publisher) -> None:
    with RedisServer() as redis:
        shell = Shell(redis)
        tail = shell.tail("news")
        try:
            watched(shell, "news")
            shell("publish", "news", "before")
            tail.shows(1)
            redis.kill()
            tail.says("is away")
            redis.start()
            tail.says("new epoch: the log is another one")
            shell("publish", "news", "after")
            assert texts(tail.shows(2)) == ["before", "after"]
            tail.says("is back after")
        finally:
            tail.close()


def test_tail_closes_its_gaps_from_the_history(shell: Shell, publisher: Publisher) -> None:
    tail = shell.tail("kept.d")
    watched(shell, "kept.d")
    for number in range(60):
        if number % 20 == 10:
            shell.redis.call("CLIENT", "KILL", "TYPE", "pubsub")
        publisher.publish("kept.d", str(number))
    assert texts(tail.shows(60)) == [str(number) for number in range(60)]
    assert "gap" not in tail.err


def test_ctrl_c_ends_it_quietly(shell: Shell) -> None:
    tail = shell.tail("news")
    watched(shell, "news")
    tail.process.send_signal(signal.SIGINT)
    assert tail.process.wait(20) == 130
    assert (tail.lines, tail.err) == ([], "")


def test_a_reader_that_leaves_ends_it_quietly(shell: Shell, publisher: Publisher) -> None:
    publisher.publish("kept.c", "first")
    command = [HOLDFAST, "tail", "kept.c", "--since", "all"]
    tail = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=shell.environ()
    )
    try:
        assert tail.stdout
        assert tail.stdout.readline().endswith(b"  first\n")
        tail.stdout.close()
        publisher.publish("kept.c", "the write that fails")
        assert tail.wait(20) == 1  # what click ends with
        assert tail.stderr
        assert tail.stderr.read() == b""
    finally:
        tail.kill()
        tail.communicate()
