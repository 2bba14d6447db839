"""What the checker's tests leave to others of the same process: nothing."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from tests.support.programs import PREFIX


@pytest.fixture(autouse=True, scope="module")
def no_program_stays() -> Iterator[None]:
    """Forget the programs that a module's tests imported: their apps would be found by others."""
    yield
    for name in [one for one in sys.modules if one.startswith(PREFIX)]:
        del sys.modules[name]
    gc.collect()
