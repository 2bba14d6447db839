"""The two small C programs, compiled where there is a compiler."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE / "build"  # git ignores it
COMPILERS = (os.environ.get("CC", ""), "cc", "gcc", "clang")
WITHOUT = "BENCH_WITHOUT_C"  # set: as if there were no compiler


@cache
def compiler() -> str:
    """The C compiler, or nothing."""
    if os.environ.get(WITHOUT):
        return ""
    return next((found for name in COMPILERS if name and (found := shutil.which(name))), "")


def floor() -> Path | None:
    """The floor's program; None where it cannot be made."""
    return _compile("floor.c", "floor", ())


def reader() -> Path | None:
    """The reading half of the client; None where it cannot be made."""
    return _compile("reader.c", "reader.so", ("-shared", "-fPIC"))


@cache
def _compile(source: str, target: str, options: tuple[str, ...]) -> Path | None:
    path, made = HERE / source, BUILD / target
    if not compiler():
        return None
    if made.exists() and made.stat().st_mtime > path.stat().st_mtime:
        return made
    BUILD.mkdir(exist_ok=True)
    fresh = made.with_suffix(f".{os.getpid()}")
    command = [compiler(), "-O2", *options, "-o", str(fresh), str(path)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        return None
    fresh.replace(made)  # whole, or not at all: several runs may compile at once
    return made
