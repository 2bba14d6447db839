"""The command, run for real, several times at once."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

CODE = "from holdfast.cli import main; main(prog_name='holdfast')"


class Run(NamedTuple):
    code: int
    out: str
    err: str


def doctor(cwd: Path, *arguments: str, **environ: str) -> Run:
    return doctors(cwd, [arguments], environ)[0]


def doctors(
    cwd: Path, runs: Sequence[Sequence[str]], environ: Mapping[str, str] | None = None
) -> list[Run]:
    """All of them at once: each is a process that imports a framework."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", CODE, "doctor", *arguments],
            cwd=cwd,
            env={**os.environ, **(environ or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for arguments in runs
    ]
    results = []
    for process in started:
        out, err = process.communicate(timeout=150)
        results.append(Run(process.returncode, out, err))
    return results
