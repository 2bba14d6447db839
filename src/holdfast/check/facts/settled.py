"""What a name, an attribute or a call stands for, where the text leaves no choice."""

from __future__ import annotations

import ast

from holdfast.check.code.kinds import Function, Instance, Kind, inference
from holdfast.check.code.module import FunctionNode, Module, walk
from holdfast.check.code.spelling import last_name


def kind_of(node: ast.expr, module: Module) -> Kind | None:
    """Tell the kind of an expression, unless what it is of is one of several."""
    if isinstance(node, ast.Name) and not is_single(node, module):
        return None
    if isinstance(node, ast.Attribute) and is_of_several(node, module):
        return None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
        called = inference(module).kind(node.func, module)
        if isinstance(called, Function) and not is_sure(called):
            return None
    return inference(module).kind(node, module)


def is_of_several(node: ast.Attribute, module: Module) -> bool:
    """Tell whether the class of an object leaves a choice of what an attribute is."""
    kind = inference(module).kind(node.value, module)
    if not isinstance(kind, Instance):
        return False
    for one in walk(kind.of.node):
        if isinstance(one, ast.AnnAssign) and is_union(one.annotation):
            if last_name(one.target) == node.attr:
                return True
    return False


def is_sure(function: Function) -> bool:
    """Tell whether all that a function returns is of one type: its annotation says so."""
    returns = function.node.returns
    return returns is not None and not is_union(returns)


def is_union(annotation: ast.expr) -> bool:
    """Tell whether an annotation leaves a choice."""
    text = ast.unparse(annotation)
    return "|" in text or "Union" in text or "Optional" in text or "Any" in text


def is_single(node: ast.Name, module: Module) -> bool:
    """Tell whether a name is given one value only: a parameter's of one type, or an assignment."""
    _, bindings = inference(module).scopes(module).lookup(node)
    if not bindings:
        return False
    if len(bindings) == 1 and bindings[0].how == "parameter":
        parameter = bindings[0].source
        annotation = parameter.annotation if isinstance(parameter, ast.arg) else None
        return annotation is not None and not is_union(annotation) and not narrowed(node, module)
    hows = [one.how for one in bindings]
    return hows in (["item"], ["context"]) or sorted(hows) in (["annotation", "value"], ["value"])


def is_exception(node: ast.Name, module: Module) -> bool:
    """Tell whether a name is what an `except ... as` gives it, and nothing else."""
    _, bindings = inference(module).scopes(module).lookup(node)
    return bool(bindings) and all(isinstance(one.source, ast.ExceptHandler) for one in bindings)


def is_changed(node: ast.Name, module: Module) -> bool:
    """Tell whether parts of what a name stands for are given another value."""
    function = module.function_of(node) or module.tree
    for one in walk(function):
        if isinstance(one, ast.Subscript) and not isinstance(one.ctx, ast.Load):
            if isinstance(one.value, ast.Name) and one.value.id == node.id:
                return True
        if isinstance(one, ast.Attribute) and one.attr in {"update", "pop", "clear", "remove"}:
            if isinstance(one.value, ast.Name) and one.value.id == node.id:
                return True
    return False


def narrowed(node: ast.Name, module: Module) -> bool:
    """Tell whether the program itself asks what a parameter is."""
    function = next((one for one in module.ancestors(node) if isinstance(one, FunctionNode)), None)
    nodes = list(walk(function)) if function else []
    subjects = (one.subject for one in nodes if isinstance(one, ast.Match))
    if any(isinstance(one, ast.Name) and one.id == node.id for one in subjects):
        return True
    calls = (one for one in nodes if isinstance(one, ast.Call))
    return any(
        isinstance(one.func, ast.Name)
        and one.func.id in {"isinstance", "hasattr", "type"}
        and any(isinstance(arg, ast.Name) and arg.id == node.id for arg in one.args)
        for one in calls
    )


def only_value(node: ast.Name, module: Module) -> ast.expr | None:
    """Give the expression that a name stands for, if there is but one."""
    _, bindings = inference(module).scopes(module).lookup(node)
    values = [one for one in bindings if one.how != "annotation"]
    if len(values) != 1 or values[0].how != "value" or values[0].path:
        return None
    value = values[0].source
    # What is put in afterwards is not in the literal, and what was an error may be taken out.
    return value if isinstance(value, ast.expr) and not isinstance(value, ast.Constant) else None
