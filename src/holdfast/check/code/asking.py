"""Questions that may lead back to themselves: what is `room`, after `room = room.get(name)`?"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from typing import TypeVar

from holdfast.check.code.module import Module

N = TypeVar("N", bound=ast.AST)
T = TypeVar("T")


def unless_asked(
    question: Callable[[N, Module], T | None],
) -> Callable[[N, Module], T | None]:
    """Give a question no answer where it is asked of a node while that one is being answered."""

    @functools.wraps(question)
    def asked(node: N, module: Module) -> T | None:
        waiting: set[ast.AST] = module.notes.setdefault(question.__qualname__, set())
        if node in waiting:
            return None
        waiting.add(node)
        try:
            return question(node, module)
        finally:
            waiting.discard(node)

    return asked
