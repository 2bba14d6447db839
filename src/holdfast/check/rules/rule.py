"""What a rule is."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from holdfast.check.code.module import Module
from holdfast.check.finding import Fix, Span

Severity = Literal["error", "warning", "info"]


class Problem(NamedTuple):
    """What a rule found: where, what is wrong there, and what mends it, if that is known."""

    where: ast.AST | Span
    message: str
    fix: Fix | None = None


Find = Callable[[Module], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A code, a name, how bad it is, what mends it, why it is one, and the function that finds it.

    `fixes` says which fixes it offers: safe ones, unsafe ones, or none.
    """

    code: str
    name: str
    severity: Severity
    help: str
    explanation: str
    find: Find
    fixes: Literal["safe", "unsafe", ""] = ""
