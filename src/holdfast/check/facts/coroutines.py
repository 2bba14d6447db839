"""What becomes of the coroutine that a call gives: can anybody await it?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.calls import arguments, callee
from holdfast.check.code.edits import insert_after, insert_before
from holdfast.check.code.kinds import inference
from holdfast.check.code.module import FunctionNode, Module, parameters, walk
from holdfast.check.finding import Edit

# What takes a value of any kind, and awaits none.
CONSUMERS = {
    "json.loads", "json.dumps", "orjson.loads", "ujson.loads", "msgpack.unpackb", "print", "int",
    "float", "str", "repr", "len", "bytes", "dict", "sorted", "bool",
}  # fmt: skip
LOGS = {"debug", "info", "warning", "error", "exception", "critical"}
METHODS = {"model_validate", "model_validate_json", "parse_raw", "parse_obj", "send_text",
           "send_json", "send_bytes"}  # fmt: skip
# The attributes of a coroutine itself.
OWN = {"send", "throw", "close", "__await__", "cr_await", "cr_code", "cr_frame", "cr_running"}
VALUES = {"str", "bytes", "dict", "int", "float", "bool", "Dict"}
DEPTH = 3


def is_lost(call: ast.Call, module: Module) -> bool:
    """Tell whether the coroutine of a call is certainly never awaited."""
    if is_thrown_away(call, module):
        return True
    parent = module.parents.get(call)
    if isinstance(parent, ast.Assign | ast.AnnAssign):
        return kept_in_vain(call, parent, module)
    return is_consumed(call, module)


def is_thrown_away(call: ast.Call, module: Module) -> bool:
    """Tell whether a call stands alone: its value is that of a whole statement, or of a part."""
    below: ast.AST = call
    parent = module.parents.get(call)
    while isinstance(parent, ast.BoolOp | ast.IfExp | ast.ListComp | ast.SetComp):
        if below is getattr(parent, "test", None):
            return False
        below, parent = parent, module.parents.get(parent)
    return isinstance(parent, ast.Expr)


def thrown_away(value: ast.expr) -> Iterator[ast.Call]:
    """Give the calls that stand alone in a statement: `[leave(one) for one in gone]` has one."""
    match value:
        case ast.Call():
            yield value
        case ast.BoolOp(values=values):
            for one in values:
                yield from thrown_away(one)
        case ast.IfExp():
            yield from thrown_away(value.body)
            yield from thrown_away(value.orelse)
        case ast.ListComp(elt=inner) | ast.SetComp(elt=inner):
            yield from thrown_away(inner)


def kept_in_vain(call: ast.Call, assign: ast.Assign | ast.AnnAssign, module: Module) -> bool:
    """Tell whether a coroutine is given a name that nothing awaits."""
    targets = assign.targets if isinstance(assign, ast.Assign) else [assign.target]
    function = module.function_of(call)
    if function is None or len(targets) != 1 or not isinstance(targets[0], ast.Name):
        return False
    return used_in_vain(targets[0].id, function, module, only=call)


def used_in_vain(
    name: str, function: FunctionNode, module: Module, only: ast.AST | None = None, depth: int = 0
) -> bool:
    """Tell whether nothing that is done with a name awaits it.

    `only` is its value: if it has no other one, a single use as no coroutine tells.
    """
    loads = []
    for node in walk(function):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            if module.function_of(node) is not function:
                return False
            loads.append(node)
        elif isinstance(node, ast.Global | ast.Nonlocal) and name in node.names:
            return False
    if all(is_consumed(one, module, depth) for one in loads):
        return True
    bindings = inference(module).scopes(module).table(function).get(name, [])
    if only is None or [one.source for one in bindings] != [only]:
        return False
    return any(is_taken_apart(one, module) for one in loads)


def is_consumed(node: ast.expr, module: Module, depth: int = 0) -> bool:
    """Tell whether a value is used where nothing awaits it."""
    parent = module.parents.get(node)
    match parent:
        case ast.FormattedValue() | ast.BinOp() | ast.AugAssign() | ast.UnaryOp():
            return True
        case ast.If(test=test) | ast.While(test=test) if test is node:
            return True
        case ast.keyword(arg=None):
            return True
        case ast.Call():
            return takes_values(parent, node, module, depth)
        case ast.keyword(arg=str()):
            call = module.parents[parent]
            return isinstance(call, ast.Call) and takes_values(call, node, module, depth)
    return is_taken_apart(node, module)


def is_taken_apart(node: ast.expr, module: Module) -> bool:
    """Tell whether a value is used as only a text or a dict can be."""
    parent = module.parents.get(node)
    match parent:
        case ast.Subscript(value=value):
            return value is node
        case ast.Attribute(attr=attr):
            return attr not in OWN
        case ast.Compare(ops=ops):
            return not any(isinstance(one, ast.Is | ast.IsNot) for one in ops)
        case ast.Call(args=[first, *_]) if first is node:
            return module.qualify(parent.func).endswith(".loads")
    return False


def takes_values(call: ast.Call, node: ast.expr, module: Module, depth: int) -> bool:
    """Tell whether what is called takes values and awaits none."""
    if node is call.func:
        return False
    if module.qualify(call.func) in CONSUMERS:
        return True
    if isinstance(call.func, ast.Attribute) and call.func.attr in METHODS | LOGS:
        return True
    inference(module)
    helper = callee(call, module)
    if helper is None or helper.node.decorator_list or depth >= DEPTH:
        return False
    named = [name for name, one in arguments(call, helper).items() if one is node]
    if not named:
        return False
    for parameter, _ in parameters(helper.node):
        if parameter.arg == named[0]:
            if parameter.annotation is not None:
                return is_value(parameter.annotation)
            return used_in_vain(named[0], helper.node, helper.module, depth=depth + 1)
    return False


def is_value(annotation: ast.expr) -> bool:
    """Tell whether an annotation means a text, a number or a dict."""
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    return isinstance(annotation, ast.Name) and annotation.id in VALUES


def place(call: ast.Call, module: Module) -> ast.AST:
    """Say where a call is; within an f-string Python 3.11 does not know, so it is the string."""
    strings = (one for one in module.ancestors(call) if isinstance(one, ast.JoinedStr))
    return next(strings, call)


def awaited(call: ast.Call, module: Module) -> list[Edit]:
    """Make the edits that await a call; none where that is not allowed."""
    if not may_await(call, module) or place(call, module) is not call:
        return []
    if isinstance(module.parents[call], ast.Attribute | ast.Subscript | ast.BinOp):
        return [insert_before(call, "(await ", module), insert_after(call, ")", module)]
    return [insert_before(call, "await ", module)]


def may_await(node: ast.AST, module: Module) -> bool:
    """Tell whether a node stands in a coroutine function, and in no lambda of it."""
    for parent in module.ancestors(node):
        if isinstance(parent, FunctionNode | ast.Lambda | ast.GeneratorExp):
            return isinstance(parent, ast.AsyncFunctionDef)
    return False
