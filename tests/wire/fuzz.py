"""Fuzz the wire: `python -m tests.wire.fuzz --seconds 60`.

Coverage-guided, with the properties of ``properties.py`` as the judge. The corpus is in
``corpus.py``. A finding is printed and written to the working directory, as ``crash-...``, which
`python -m tests.wire.fuzz crash-...` tries again.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from pathlib import Path

MISSING = "atheris is missing: run `pip install atheris` in this environment"

# The first octet of an input says what the rest of it is, the next three where to cut it.
PLAIN, DEFLATED, HEAD = 0, 1, 2


def judge(data: bytes) -> None:
    """One input of the fuzzer."""
    from tests.wire.properties import judge_head, judge_stream

    if len(data) < 4:
        return
    kind, cuts, rest = data[0] % 3, data[1:4], data[4:]
    if kind == HEAD:
        judge_head(rest, cuts)
    else:
        judge_stream(rest, cuts, kind == DEFLATED)


def seeds() -> list[bytes]:
    """The corpus, as inputs."""
    from tests.wire import corpus

    kinds = [(PLAIN, corpus.STREAMS), (DEFLATED, corpus.DEFLATED_STREAMS), (HEAD, corpus.HEADS)]
    return [bytes([kind, 3, 7, 11]) + one for kind, all_of_it in kinds for one in all_of_it]


def fuzz(seconds: int, again: list[str]) -> None:
    """Run the fuzzer; it ends the process."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["holdfast.wire"]):
        importlib.import_module("holdfast.wire")
    with tempfile.TemporaryDirectory() as folder:
        for at, one in enumerate(seeds()):
            (Path(folder) / f"seed-{at}").write_bytes(one)
        inputs = again or [folder, f"-max_total_time={seconds}", "-max_len=3000", "-timeout=10"]
        atheris.Setup([sys.argv[0], *inputs], judge)
        atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=60, help="how long to look")
    parser.add_argument("again", nargs="*", help="inputs that were found, to be tried again")
    options = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        sys.exit(MISSING)
    fuzz(options.seconds, options.again)


if __name__ == "__main__":
    main()
