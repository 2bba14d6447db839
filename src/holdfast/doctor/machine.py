"""Facts about the machine: what is installed, and what a process may have."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires, version

from holdfast.doctor.facts import Machine
from holdfast.doctor.serving import LIBRARIES, SERVERS
from holdfast.doctor.versions import floors, normalised


def look_at_machine() -> Machine:
    """This interpreter's packages and this process's limits, which a server started here has."""
    lowest = dict(floors(_requirements("holdfast")))
    return Machine(
        platform=sys.platform,
        files=_files(),
        installed=_versions([*SERVERS, *LIBRARIES, "fastapi", "starlette", *lowest]),
        floors=lowest,
    )


def _versions(names: Iterable[str]) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[normalised(name)] = version(name)
        except PackageNotFoundError:
            pass
    return found


def _requirements(name: str) -> Iterable[str]:
    try:
        return requires(name) or ()
    except PackageNotFoundError:  # run from a source tree
        return ()


def _files() -> int | None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft
