"""The fuzzer's own parts: its corpus, its judge, and what it says when it cannot run."""

from __future__ import annotations

import subprocess
import sys

import pytest

from holdfast.wire import Reader
from tests.wire.corpus import plain_frame
from tests.wire.fuzz import MISSING, judge, seeds
from tests.wire.properties import judge_stream


@pytest.mark.parametrize("seed", seeds(), ids=range(len(seeds())))
def test_the_corpus_passes(seed: bytes) -> None:
    judge(seed)


def test_the_judge_fails_a_reader_that_depends_on_the_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    read = Reader.feed
    monkeypatch.setattr(Reader, "feed", lambda self, data: read(self, data) if data[:1] else ["!"])
    with pytest.raises(AssertionError):
        judge_stream(plain_frame(1, b"Hello"), [3], deflated=False)


def test_the_judge_fails_a_reader_that_reads_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Reader, "feed", lambda self, data: [])
    with pytest.raises(AssertionError):
        judge_stream(plain_frame(1, b"Hello"), [3], deflated=False)


def test_without_atheris_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['atheris'] = None; from tests.wire.fuzz import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip() == MISSING
