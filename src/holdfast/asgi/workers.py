"""How many worker processes serve this app, as far as one of them can tell: from what started it.

What a configuration file says is not seen; ``holdfast doctor`` reads those, too.
"""

import multiprocessing
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

VARIABLES: dict[str, tuple[str, ...]] = {
    "uvicorn": ("UVICORN_WORKERS", "WEB_CONCURRENCY"),
    "holdfast": ("UVICORN_WORKERS", "WEB_CONCURRENCY"),
    "fastapi": ("WEB_CONCURRENCY",),
    "gunicorn": ("WEB_CONCURRENCY",),
    "granian": ("GRANIAN_WORKERS",),
    "hypercorn": (),
}
OPTION = re.compile(r"(?:^|\s)(?:--workers|-w)(?:[\s=]+|(?<=w))(\d+)(?=\s|$)")


class Process(NamedTuple):
    """What can be seen of a process from inside."""

    argv: Sequence[str]
    environ: Mapping[str, str]
    child: bool
    """Whether another Python process started it, as servers start their workers."""


def this_process() -> Process:
    """The running one."""
    return Process(sys.argv, os.environ, multiprocessing.parent_process() is not None)


def workers(process: Process) -> int:
    """How many there are; 1 where nothing says otherwise, and outside of a server."""
    name = _server(process.argv)
    if not name or not (process.child or name == "gunicorn") or _reloads(name, process.argv):
        return 1
    extra = process.environ.get("GUNICORN_CMD_ARGS", "") if name == "gunicorn" else ""
    said = OPTION.search(" ".join([*process.argv[1:], extra]))
    values = [said[1]] if said else []
    values += [process.environ.get(variable, "") for variable in VARIABLES[name]]
    return next((int(value) for value in values if value.isdigit()), 1)


def _reloads(name: str, argv: Sequence[str]) -> bool:
    """Whether it serves while the app is being written, which no server does with workers."""
    return "--reload" in argv or (name == "holdfast" and list(argv[1:2]) == ["dev"])


def _server(argv: Sequence[str]) -> str:
    """From ``/venv/bin/uvicorn`` or ``/venv/.../uvicorn/__main__.py``; else empty."""
    start = Path(argv[0] if argv else "")
    name = start.parent.name if start.name == "__main__.py" else start.name.removesuffix(".exe")
    return name if name in VARIABLES else ""
