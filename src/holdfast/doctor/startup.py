"""The few errors that a running server can be told of, from inside: cheap, and sure.

Nothing here imports the rest of Holdfast, so that the lifespan may ask it.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import sys
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.doctor.facts import Application, Facts, Installed, Machine, Protocol, Route, Server
from holdfast.doctor.rules import RULES
from holdfast.doctor.serving import SERVERS

AT_START = ("HD101", "HD301")
SANSIO = "uvicorn.protocols.websockets.websockets_sansio_impl"  # loaded only where it is used
VARIABLES = {
    "uvicorn": ("UVICORN_WORKERS", "WEB_CONCURRENCY"),
    "fastapi": ("WEB_CONCURRENCY",),
    "gunicorn": ("WEB_CONCURRENCY",),
    "granian": ("GRANIAN_WORKERS",),
    "hypercorn": (),
}


@dataclass(frozen=True, slots=True)
class Process:
    """What can be seen of a process from inside."""

    argv: Sequence[str] = field(default_factory=lambda: sys.argv)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    modules: Container[str] = field(default_factory=lambda: sys.modules)
    child: bool = field(default_factory=lambda: multiprocessing.parent_process() is not None)


def at_start(installed: Mapping[str, str], process: Process | None = None) -> Iterator[str]:
    """A sentence for each error in how this process is served. ``installed``: versions by name.

    For an app with the memory backplane whose connections share channels. What a configuration
    file or code of the user's says is not seen: ``holdfast doctor`` sees more.

    >>> for sentence in at_start({"uvicorn": version("uvicorn")}):
    ...     log.error("%s", sentence)
    """
    server = running(installed, process or Process())
    routes = (Route(path="/", handler="", kind="handler"),)
    app = Application(routes=routes, holdfasts=(Installed(),))
    facts = Facts(machine=Machine(installed=installed), server=server, app=app)
    for rule in RULES:
        if rule.id in AT_START:
            for finding in rule.examine(facts):
                yield f"{finding.id}: {finding.message}. {finding.why}. Do: {finding.fix}"


def running(installed: Mapping[str, str], process: Process) -> Server:
    """The server that runs this process, as far as it can be told."""
    sansio = SANSIO in process.modules
    name = _name(process)
    return Server(
        name=name or "uvicorn",
        version=installed.get(name, ""),
        engine="uvicorn" if sansio else name,
        engine_version=installed.get("uvicorn", "") if sansio else "",
        protocol=Protocol.SANSIO if sansio else Protocol.OTHER,
        workers=_workers(name, process),
    )


def _name(process: Process) -> str:
    """From ``/venv/bin/uvicorn`` or ``/venv/.../uvicorn/__main__.py``; else empty."""
    start = Path(process.argv[0] if process.argv else "")
    name = start.parent.name if start.name == "__main__.py" else start.name.removesuffix(".exe")
    return name if name in (*SERVERS, "fastapi") else ""


def _workers(name: str, process: Process) -> int:
    """How many the command line or the environment asks for; 1 where this is none of them."""
    if not name or not (process.child or name == "gunicorn") or "--reload" in process.argv:
        return 1
    said = re.search(
        r"(?:^|\s)(?:--workers|-w)(?:[\s=]+|(?<=w))(\d+)(?=\s|$)", _line(name, process)
    )
    values = [said[1]] if said else []
    values += [process.environ.get(variable, "") for variable in VARIABLES.get(name, ())]
    return next((int(value) for value in values if value.isdigit()), 1)


def _line(name: str, process: Process) -> str:
    extra = process.environ.get("GUNICORN_CMD_ARGS", "") if name == "gunicorn" else ""
    return " ".join([*process.argv[1:], extra])
