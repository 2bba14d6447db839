"""What functions of the project send just as their callers hand it to them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.calls import arguments, callee, receiver
from holdfast.check.code.kinds import Function, inference
from holdfast.check.code.module import Module, walk
from holdfast.check.facts.callers import called
from holdfast.check.facts.encodable import bytes_fault, json_fault, sent, text_fault
from holdfast.check.facts.settled import is_changed, narrowed
from holdfast.check.facts.sockets import is_socket
from holdfast.check.flow.exceptions import caught_names

METHODS = {"send_json": json_fault, "send_text": text_fault, "send_bytes": bytes_fault}
DEPTH = 2
FEW = 2


class Handed(NamedTuple):
    """A call that hands a value to what sends it, and by which method of a WebSocket's."""

    call: ast.Call
    value: ast.expr
    method: str
    by: str


def handed(module: Module) -> Iterator[Handed]:
    """Find the values of a file that functions of the project send as they are."""
    for function, callers in called(module).items():
        one = callee(callers[0].call, module)
        if one is None or not one.is_async or one.node is not function:
            continue
        if passed := passes(one, DEPTH):
            for caller in callers:
                for name, value in arguments(caller.call, one).items():
                    if method := passed.get(name):
                        yield Handed(caller.call, value, method, one.name)


def passes(function: Function, depth: int) -> dict[str, str]:
    """Give the parameters that a function sends as they are, each with the method."""
    kept: dict[ast.AST, dict[str, str]] = function.module.notes.setdefault("passes", {})
    if function.node not in kept:
        kept[function.node] = {}  # one that calls itself
        kept[function.node] = dict(found_passes(function, depth))
    return kept[function.node]


def found_passes(function: Function, depth: int) -> Iterator[tuple[str, str]]:
    """Look at what a function, and what is nested in it, sends or hands on."""
    module = function.module
    for node in walk(function.node):
        if not isinstance(node, ast.Call):
            continue
        for value, method in given_to(node, module, depth):
            for name in names_in(value) if method == "send_json" else [value]:
                if isinstance(name, ast.Name) and is_as_given(name, function):
                    yield name.id, method


def given_to(call: ast.Call, module: Module, depth: int) -> Iterator[tuple[ast.expr, str]]:
    """Give what a call sends, or hands to a function that sends it."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in METHODS:
        value = sent(call)
        if value is not None and is_socket(receiver(call), module):
            if not METHODS[call.func.attr](value, module):
                yield value, call.func.attr
            return
    helper = callee(call, module) if depth else None
    if helper and helper.is_async:
        passed = passes(helper, depth - 1)
        for name, value in arguments(call, helper).items() if passed else ():
            if name in passed:
                yield value, passed[name]


def names_in(value: ast.expr) -> Iterator[ast.expr]:
    """Give a value, and those in it if it is a literal: `{"kind": kind, "data": data}`."""
    yield value
    if isinstance(value, ast.Dict):
        for key, one in zip(value.keys, value.values, strict=True):
            if key is not None:
                yield from names_in(one)


def is_as_given(node: ast.Name, function: Function) -> bool:
    """Tell whether a name is a parameter of a function, of which nothing else is made."""
    module = function.module
    scope, bindings = inference(module).scopes(module).lookup(node)
    if scope is not function.node or [one.how for one in bindings] != ["parameter"]:
        return False
    return not (narrowed(node, module) or is_changed(node, module) or is_guarded(node, module))


def is_guarded(node: ast.AST, module: Module) -> bool:
    """Tell whether a program has thought of values that cannot be sent: `except TypeError`."""
    statement = module.statement_of(node)
    return any(
        isinstance(one, ast.Try)
        and statement in one.body
        and len(one.body) <= FEW
        and any("TypeError" in caught_names(each, module) for each in one.handlers)
        for one in module.ancestors(node)
    )
