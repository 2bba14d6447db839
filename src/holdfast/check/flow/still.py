"""What statements and expressions do on no path: read once, and kept with the node itself."""

from __future__ import annotations

import ast
from enum import Enum
from typing import NamedTuple

from holdfast.check.code.module import children, walk

# What may have an effect, or divides states by what it is.
LIVELY = {ast.Call, ast.NamedExpr, ast.Starred, ast.BoolOp, ast.IfExp, ast.Yield}
QUIET = {ast.Name, ast.Constant, ast.Lambda}


class Stillness(Enum):
    """Whether nothing happens in an expression, but that a key or index is not found."""

    NONE = 0
    LOOKS_UP = 1
    FULL = 2


class Given(NamedTuple):
    """The one target of an assignment, or all names that a statement binds."""

    target: str
    bound: list[str]


def stillness(node: ast.expr) -> Stillness:
    """Tell whether nothing happens in an expression."""
    kept: Stillness | None = node.__dict__.get("stillness")
    if kept is None:
        kept = node.stillness = found_stillness(node)  # type: ignore[attr-defined]
    return kept


def found_stillness(node: ast.expr) -> Stillness:
    """Look at an expression and its parts."""
    if type(node) in QUIET:
        return Stillness.FULL
    if type(node) in LIVELY or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)):
        return Stillness.NONE
    parts = {stillness(one) for one in children(node) if isinstance(one, ast.expr)}
    if Stillness.NONE in parts:
        return Stillness.NONE
    is_lookup = isinstance(node, ast.Subscript) or Stillness.LOOKS_UP in parts
    return Stillness.LOOKS_UP if is_lookup else Stillness.FULL


def names_given(node: ast.stmt) -> Given:
    """Tell which names a statement gives a value."""
    kept: Given | None = node.__dict__.get("names_given")
    if kept is None:
        kept = node.names_given = found_names(node)  # type: ignore[attr-defined]
    return kept


def found_names(node: ast.stmt) -> Given:
    """Look at the targets of a statement, and at the names stored within it."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        single = [one for one in targets if isinstance(one, ast.Name | ast.Attribute)]
        if len(single) == 1:
            return Given(ast.unparse(single[0]), [])
    names = (one for one in walk(node) if isinstance(one, ast.Name))
    return Given("", [one.id for one in names if isinstance(one.ctx, ast.Store)])
