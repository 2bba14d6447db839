"""Who catches what a bad message raises: within its loop, or around it and on purpose."""

from __future__ import annotations

import ast
from typing import NamedTuple

from holdfast.check.code.module import FunctionNode, Module, walk
from holdfast.check.facts.handling import catchers
from holdfast.check.facts.sockets import operation, uses

BROAD = {"BaseException", "Exception"}
# What the parsers of libraries raise that have names of their own for it.
LIBRARIES = {
    "MsgspecError", "YAMLError", "TomlDecodeError", "CBORError", "CBORDecodeError",
    "UnpackException", "UnpackValueError", "FormatError", "ExtraData", "PickleError",
    "UnpicklingError", "PydanticUserError", "DeserializationError", "MarshmallowError",
}  # fmt: skip
# Who names one of these has thought of bad messages.
THOUGHT_OF = {
    "ValueError", "JSONDecodeError", "ValidationError", "KeyError", "TypeError", "LookupError",
    "UnicodeDecodeError", "DecodeError", "IndexError", "AttributeError", "?", *LIBRARIES,
}  # fmt: skip
ANSWERS = {"send", "close", "deny"}


class Risk(NamedTuple):
    """A place that raises for a message that is not as expected; `errors` would catch it.

    `call` leads to it, where it is in another function of the file.
    """

    node: ast.expr
    what: str
    errors: frozenset[str]
    call: ast.expr | None = None


def is_caught(risk: Risk, block: ast.AST, module: Module) -> bool:
    """Tell whether anybody catches it, where it stands or where it is called."""
    if risk.call is not None and guard(risk._replace(node=risk.call), block, module):
        return True
    return guard(risk, block, module) is not None


def guard(risk: Risk, block: ast.AST, module: Module) -> ast.AST | None:
    """Find who catches it: anybody within the block; around it, who does that on purpose."""
    for where, names in catchers(risk.node, module):
        inside = where is not block and block in module.ancestors(where)
        if inside and names & (risk.errors | BROAD | LIBRARIES | {"?"}):
            return where
        if not inside and names & THOUGHT_OF:
            return where
        if not inside and names & BROAD and answers(where, module):
            return where
    return None


def answers(where: ast.AST, module: Module) -> bool:
    """Tell whether a handler tells the client: it sends or closes, itself or by a helper."""
    around = next((one for one in module.ancestors(where) if isinstance(one, FunctionNode)), None)
    if around is None:
        return False
    inside = set(walk(where))
    if any(operation(one, module) in ANSWERS for one in inside):
        return True
    return any(one.call in inside and one.operation in ANSWERS for one in uses(around, module))
