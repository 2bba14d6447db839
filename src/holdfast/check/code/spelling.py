"""How names and calls are spelt, whatever they are of."""

from __future__ import annotations

import ast

from holdfast.check.code.module import Module


def last_name(node: ast.AST) -> str:
    """Give the name at the end of a dotted one, `send` of `self.ws.send`; else it is empty."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def called_name(call: ast.Call, module: Module) -> str:
    """Give the last name of what is called: a method's own, a function's where it is defined."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return module.qualify(call.func).rpartition(".")[2]


def is_name(node: ast.AST, name: str) -> bool:
    """Tell whether an expression is a certain name."""
    return isinstance(node, ast.Name) and node.id == name
