"""Fixtures for the command; and programs leave nothing to others of the same process."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from holdfast.asgi.holdfast import EVERY
from tests.check.commands import check, folder, real
from tests.support.programs import PREFIX

__all__ = ["check", "folder", "real"]


@pytest.fixture(autouse=True, scope="module")
def no_program_stays() -> Iterator[None]:
    """Forget the programs that a module's tests imported: the doctor would find their Holdfasts."""
    before = list(EVERY)
    yield
    for name in [one for one in sys.modules if one.startswith(PREFIX)]:
        del sys.modules[name]
    for one in [one for one in EVERY if one not in before]:
        EVERY.discard(one)
