"""Version numbers, as far as they are needed: releases are compared, nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FLOOR = re.compile(r">=\s*([0-9][0-9.]*)")


def release(version: str) -> tuple[int, ...]:
    """The numbers of a version: (0, 52, 1) of 0.52.1, 0.52.1rc1 and 0.52.1+local."""
    found = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def older(version: str, than: str) -> bool:
    """Whether a version comes before another; False where it cannot be read."""
    one, other = release(version), release(than)
    length = max(len(one), len(other))
    return bool(one) and _padded(one, length) < _padded(other, length)


def normalised(name: str) -> str:
    """A package's name as indexes spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def floors(requirements: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Name and lowest version of each requirement that has one and holds always."""
    for requirement in requirements:
        bare, _, marker = requirement.partition(";")
        name, floor = _NAME.match(bare.strip()), _FLOOR.search(bare)
        if name and floor and not marker.strip():
            yield normalised(name[0]), floor[1]


def _padded(numbers: tuple[int, ...], length: int) -> tuple[int, ...]:
    return numbers + (0,) * (length - len(numbers))
