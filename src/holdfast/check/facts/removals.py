"""What is asked before something is taken out of a registry, and what is done with it then."""

from __future__ import annotations

import ast

from holdfast.check.code.module import FunctionNode, Module, own_nodes, walk
from holdfast.check.facts.registries import is_connection
from holdfast.check.facts.sockets import is_socket

COUNTS = (ast.Lt, ast.Gt, ast.LtE, ast.GtE, ast.Eq)
LOOKS = ast.If | ast.BinOp | ast.BoolOp | ast.Compare | ast.FormattedValue | ast.UnaryOp


def is_taken(call: ast.Call, function: FunctionNode, module: Module) -> bool:
    """Tell whether more is done with what was popped than to look at it, and at what it has."""
    statement = module.parents[call]
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return not isinstance(statement, ast.Expr)
    name = statement.targets[0].id
    return any(
        isinstance(one, ast.Name)
        and one.id == name
        and isinstance(one.ctx, ast.Load)
        and is_object(one, module)
        for one in own_nodes(function)
    )


def is_object(name: ast.Name, module: Module) -> bool:
    """Tell whether something is called, handed on, or given to another place."""
    below: ast.AST = name
    for parent in module.ancestors(name):
        if isinstance(parent, ast.Attribute | ast.Subscript):
            below = parent
            continue
        if isinstance(parent, ast.Call):
            return parent.func is below or below is name
        return not isinstance(parent, LOOKS)
    return True


def counts(test: ast.expr) -> bool:
    """Tell whether a condition asks how many are left, or something else that we do not know."""
    return any(
        (isinstance(one, ast.UnaryOp) and isinstance(one.op, ast.Not))
        or (isinstance(one, ast.Compare) and isinstance(one.ops[0], COUNTS) and not names(one))
        or (isinstance(one, ast.Call) and ast.unparse(one.func).rpartition(".")[2] != "get")
        for one in walk(test)
    )


def names(test: ast.Compare) -> bool:
    """Tell whether a comparison is with a name of something: `message["type"] == "bye"`."""
    sides = (test.left, *test.comparators)
    return any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in sides)


def compares(node: ast.AST, module: Module) -> bool:
    """Tell whether two connections are compared, such as `sockets.get(key) is websocket`."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return False
    if not isinstance(node.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
        return False
    sides = [node.left, *node.comparators]
    if any(isinstance(one, ast.Constant) for one in sides):
        return False
    match sides:
        case [ast.Attribute(attr=name), ast.Attribute(attr=other)] if name == other:
            # Each has a name of its own: `stored.id == mine.id`.
            sides = [one.value for one in sides if isinstance(one, ast.Attribute)]
    return any(is_socket(one, module) or is_connection(one, module) for one in sides)
