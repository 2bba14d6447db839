"""How many lines a second the checker reads, on one core: ``python -m bench check``."""

import argparse
import json
import statistics
import sysconfig
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.progress import say

ROOT = Path(__file__).parent.parent
PROGRAMS = ROOT / "tests" / "check" / "programs"
# Lines a second that the checker holds itself to.
WITHOUT, WITH = 100_000, 25_000
LINES = 20_000
ROUNDS = 3


class Pile(NamedTuple):
    """Files that are checked together, and the lines a second that are asked of them."""

    name: str
    files: Sequence[Path]
    asked: int


class Speed(NamedTuple):
    """How fast a pile was checked: lines, and lines a second in each round."""

    pile: Pile
    lines: int
    rounds: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)


def piles(folder: Path) -> list[Pile]:
    """Give what is checked: other people's code, and endpoints of every kind."""
    return [
        Pile("no WebSocket code: the standard library", without(), WITHOUT),
        Pile("WebSocket code: this repository's own", own(), WITH),
        Pile("WebSocket code: the rules' programs, small files", with_sockets(), WITH),
        Pile(f"WebSocket code: one file of {LINES:,} lines", [one_file(folder)], WITH),
    ]


def without() -> list[Path]:
    """Give the files of the standard library that no rule is about."""
    from holdfast.check.code.project import concerns

    library = Path(sysconfig.get_paths()["stdlib"])
    folders = [
        library,
        *(library / name for name in ("asyncio", "email", "http", "xml", "unittest")),
    ]
    found = [path for folder in folders for path in sorted(folder.glob("*.py"))]
    return [path for path in found if not concerns(path.read_text(errors="replace"))]


def own() -> list[Path]:
    """Give the files here that rules are about, as people write them; what they import is read."""
    from holdfast.check.code.project import concerns

    folders = (ROOT / name for name in ("src", "tests", "bench"))
    found = (path for folder in folders for path in sorted(folder.rglob("*.py")))
    return [path for path in found if PROGRAMS not in path.parents and concerns(path.read_text())]


def with_sockets() -> list[Path]:
    """Give programs with every mistake, and those that look alike."""
    return sorted(PROGRAMS.rglob("*.py"))


def one_file(folder: Path) -> Path:
    """Write the programs one behind the other, until the file is long enough."""
    texts = [path.read_text() for path in with_sockets() if path.parent.parent == PROGRAMS]
    texts = [text for text in texts if "from __future__" not in text]
    length = sum(text.count("\n") for text in texts)
    path = folder / "long.py"
    whole = "\n".join(texts * (LINES // length + 1))
    path.write_text("\n".join(whole.split("\n")[:LINES]) + "\n")
    while not parses(path):
        path.write_text(path.read_text().rpartition("\n\n\n")[0] + "\n")
    return path


def parses(path: Path) -> bool:
    """Tell whether a file is Python."""
    try:
        compile(path.read_text(), path, "exec")
    except SyntaxError:
        return False
    return True


def measure(pile: Pile) -> Speed:
    """Check a pile some times, each time from nothing, without a cache."""
    from holdfast.check.code.project import Project
    from holdfast.check.files.parallel import no_collections
    from holdfast.check.files.run import check_file

    lines = sum(path.read_bytes().count(b"\n") for path in pile.files)
    rounds = []
    for _ in range(ROUNDS):
        project, begin = Project(pile.files), time.process_time()
        with no_collections():  # as the command does
            for path in pile.files:
                check_file(path, str(path), project)
        rounds.append(lines / (time.process_time() - begin))
    return Speed(pile, lines, rounds)


def show(speeds: Iterable[Speed]) -> None:
    """Print a table."""
    print("The checker, one core, no cache, median of", ROUNDS)
    for one in speeds:
        verdict = "" if one.median >= one.pile.asked else "  FALLS SHORT"
        print(
            f"  {one.pile.name:52} {one.lines:9,} lines {one.median:10,.0f} lines/s"
            f" ({min(one.rounds):,.0f} to {max(one.rounds):,.0f}; asked {one.pile.asked:,})"
            f"{verdict}"
        )


def main(arguments: Sequence[str]) -> int:
    """Run; returns 1 if a line falls short."""
    options = argparse.ArgumentParser(prog="python -m bench check", description=__doc__)
    options.add_argument("--json", action="store_true", help="print JSON, not a table")
    given = options.parse_args(list(arguments))
    with tempfile.TemporaryDirectory() as folder:
        speeds = []
        for pile in piles(Path(folder)):
            say(f"checking: {pile.name}")
            speeds.append(measure(pile))
    if given.json:
        keys = ("name", "lines", "lines_per_second", "asked")
        rows = [(one.pile.name, one.lines, one.median, one.pile.asked) for one in speeds]
        print(json.dumps([dict(zip(keys, row, strict=True)) for row in rows], indent=2))
    else:
        show(speeds)
    return 0 if all(one.median >= one.pile.asked for one in speeds) else 1
