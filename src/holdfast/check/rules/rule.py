"""What a rule is."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from holdfast.check.module import Module

Find = Callable[[Module], Iterator[tuple[ast.AST, str]]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A code, a name, what mends the mistake, why it is one, and the function that finds it."""

    code: str
    name: str
    help: str
    explanation: str
    find: Find
