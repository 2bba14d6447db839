"""What calls call, and what they give it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.kinds import Class, Function, Instance, inference
from holdfast.check.code.module import Module


def callee(call: ast.Call, module: Module) -> Function | None:
    """Find the function of the project that a call calls; of a class, its `__init__`."""
    infer = inference(module)
    called = infer.kind(call.func, module)
    if called is None:
        return None
    if isinstance(called, Class):
        called = infer.attribute(Instance(called), "__init__")
    elif isinstance(called, Instance):
        called = infer.attribute(called, "__call__")
    return called if isinstance(called, Function) else None


def methods_behind(node: ast.Attribute, module: Module) -> Iterator[Function]:
    """Give the plain methods that an attribute of an object may be, the nearest class's first."""
    infer = inference(module)
    kind = infer.kind(node.value, module)
    line = infer.classes.line(kind.of) if isinstance(kind, Instance) else ()
    for one in (each for each in line if isinstance(each, Class)):
        for member in one.node.body:
            if isinstance(member, ast.FunctionDef) and member.name == node.attr:
                yield Function(one.module, member, one, bound=True)


def arguments(call: ast.Call, function: Function) -> dict[str, ast.expr]:
    """Pair a call's arguments with the parameters of what it calls."""
    spec = function.node.args
    names = [one.arg for one in (*spec.posonlyargs, *spec.args)]
    if function.bound and names:
        names = names[1:]
    given = dict(zip(names, before_star(call.args), strict=False))
    return given | {one.arg: one.value for one in call.keywords if one.arg}


def before_star(arguments: list[ast.expr]) -> Iterator[ast.expr]:
    """Give the arguments whose position is sure."""
    for one in arguments:
        if isinstance(one, ast.Starred):
            return
        yield one


def receiver(call: ast.Call) -> ast.expr:
    """Give the object whose method is called."""
    assert isinstance(call.func, ast.Attribute)
    return call.func.value


def returns_exceptions(call: ast.Call) -> bool:
    """Tell whether gather is told to return what its coroutines raise, or may be."""
    given = [one for one in call.keywords if one.arg in {"return_exceptions", None}]
    return any(one.arg is None or not is_false(one.value) for one in given)


def is_false(node: ast.expr) -> bool:
    """Tell whether an expression is `False`."""
    return isinstance(node, ast.Constant) and node.value is False
