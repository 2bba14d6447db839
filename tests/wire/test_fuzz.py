"""The fuzzer's own parts: its corpus, its judge, and what it says when it cannot run."""

from __future__ import annotations

import subprocess
import sys

import pytest

from holdfast.wire import Event, Failed, Reader
from tests.wire.corpus import plain_frame
from tests.wire.fuzz import MISSING, judge, seeds
from tests.wire.properties import judge_stream

pytestmark = pytest.mark.newest


@pytest.mark.parametrize("seed", seeds(), ids=range(len(seeds())))
def test_the_corpus_passes(seed: bytes) -> None:
    judge(seed)


class Impatient(Reader):
    """Takes a read of nothing for something."""

    def feed(self, data: bytes) -> list[Event]:
        return super().feed(data) if data else ["!"]


class Deaf(Reader):
    def feed(self, data: bytes) -> list[Event]:
        return []


class Forgiving(Reader):
    """Does not tell why it ended."""

    def feed(self, data: bytes) -> list[Event]:
        return [event for event in super().feed(data) if not isinstance(event, Failed)]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Impatient, plain_frame(1, b"Hello")),
        (Deaf, plain_frame(1, b"Hello")),
        (Forgiving, b"\x83"),
        (Forgiving, plain_frame(1, b"a", first=0) + plain_frame(1, b"b")),
    ],
)
def test_the_judge_fails_a_reader_with_a_fault(kind: type[Reader], data: bytes) -> None:
    with pytest.raises(AssertionError):
        judge_stream(data + b"\x80" * 20, [3], deflated=False, kind=kind)


def test_without_atheris_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['atheris'] = None; from tests.wire.fuzz import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip() == MISSING
