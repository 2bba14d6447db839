"""Whether a wait has an end of its own."""

from __future__ import annotations

import ast

from holdfast.check.code.module import FunctionNode, Module
from holdfast.check.code.spelling import last_name

BOUNDS = {"timeout", "timeout_at", "move_on_after", "fail_after"}


def has_timeout(call: ast.Call) -> bool:
    """Tell whether a wait has an end of its own: `get_message(timeout=1)`."""
    named = {one.arg for one in call.keywords}
    if last_name(call.func) == "get_message" and "timeout" not in named:
        return True  # redis gives None at once
    given = (one.value for one in call.keywords if one.arg in {"timeout", "block"})
    return any(not (isinstance(one, ast.Constant) and one.value in {None, 0}) for one in given)


def is_bounded(node: ast.AST, module: Module, within: ast.AST | None = None) -> bool:
    """Tell whether a deadline stands around a node, in its function, or in a part of that."""
    for parent in module.ancestors(node):
        if parent is within or isinstance(parent, FunctionNode):
            return False
        if isinstance(parent, ast.AsyncWith | ast.With):
            calls = (one.context_expr for one in parent.items)
            if any(isinstance(one, ast.Call) and last_name(one.func) in BOUNDS for one in calls):
                return True
    return False
