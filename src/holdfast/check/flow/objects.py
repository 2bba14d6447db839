"""What objects do with the connection that they were made with, where no method is called by name.

`async with Session(ws):` and `await Session(ws)` run methods, and `super().on_connect(ws)` runs one
of a base.
"""

from __future__ import annotations

import ast

from holdfast.check.code.calls import methods_behind, returns_exceptions
from holdfast.check.code.kinds import Class, Function, Instance, Library, inference
from holdfast.check.code.module import FunctionNode, Loop, Module, own_nodes, walk
from holdfast.check.code.spelling import last_name
from holdfast.check.flow.state import States

LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def inherited(call: ast.Call, module: Module) -> Function | Library | None:
    """Find what `super().method()` calls: a base of the project has it, or a library's class."""
    match call.func:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="super"), args=[]), attr=name):
            owner = module.class_of(call)
        case _:
            return None
    if owner is None:
        return None
    infer = inference(module)
    line = list(infer.classes.line(Class(module, owner)))
    classes = [one for one in line if isinstance(one, Class)]
    bases = [infer.kind(base, one.module) for one in classes for base in one.node.bases]
    if not all(isinstance(one, Class | Library) for one in bases):
        return None
    for one in line[1:]:
        if isinstance(one, Library):
            return Library(f"{one.name}.{name}") if len(line) == len(classes) + 1 else None
        found = infer.attribute(one, name)
        if isinstance(found, Function) and found.owner:
            return Function(found.module, found.node, found.owner, bound=True)
    return None


def accepts_inherited(call: ast.Call, module: Module) -> bool:
    """Tell whether a call is `super().on_connect()` of Starlette's endpoint class: it accepts."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "on_connect"):
        return False
    found = inherited(call, module)
    return isinstance(found, Library) and found.name.endswith("WebSocketEndpoint.on_connect")


def made_by(node: ast.expr, module: Module) -> ast.Call | None:
    """Find the call that makes an object of the project, itself or by the object's only name."""
    infer = inference(module)
    if not isinstance(infer.kind(node, module), Instance):
        return None
    if isinstance(node, ast.Name):
        _, bindings = infer.scopes(module).lookup(node)
        is_value = len(bindings) == 1 and bindings[0].how in {"value", "context"}
        source = bindings[0].source if is_value else None
    else:
        source = node.value if isinstance(node, ast.Await) else node
    return source if isinstance(source, ast.Call) else None


def is_endless(called: Function | None) -> bool:
    """Tell whether a function is left by nothing but an exception: it loops for ever."""
    if called is None or called.node.decorator_list:
        return False
    leaves = (ast.Return, ast.Yield, ast.YieldFrom)
    nodes = own_nodes(called.node)
    return not any(isinstance(one, leaves) for one in nodes) and stays(called.node.body)


def stays(block: list[ast.stmt]) -> bool:
    """Tell whether the end of a block is never reached, for an endless loop in it."""
    for node in block:
        match node:
            case ast.While(test=ast.Constant(value=value)) if value:
                if not has_break(node.body):
                    return True
            case ast.With() if stays(node.body):
                return not any(isinstance(item.context_expr, ast.Call) for item in node.items)
            case ast.Try(handlers=[]) if stays(node.body):
                return True
    return False


def has_break(block: list[ast.stmt]) -> bool:
    """Tell whether a loop is left by a break of its own."""
    waiting: list[ast.AST] = [*block]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Break):
            return True
        if isinstance(node, Loop):
            waiting += node.orelse
        elif not isinstance(node, FunctionNode | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
    return False


def is_generator(node: FunctionNode) -> bool:
    """Tell whether calling a function runs nothing of it yet."""
    return any(isinstance(one, ast.Yield | ast.YieldFrom) for one in walk(node))


def is_stub(node: FunctionNode) -> bool:
    """Tell whether a function has no code: what a class derived from its own does, nobody knows."""
    return all(
        isinstance(one, ast.Pass | ast.Raise)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in node.body
    )


def gathers(call: ast.Call) -> bool:
    """Tell whether a call hands on what its tasks raise: `gather`, without `return_exceptions`."""
    return last_name(call.func) == "gather" and not returns_exceptions(call)


def failing(call: ast.Call, states: States) -> dict[str, States]:
    """Tell what a call of something unknown raises: anything, if it does not print or log."""
    match call.func:
        case ast.Name(id="print"):
            return {}
        case ast.Attribute(value=ast.Name(id=name), attr=level):
            return {} if level in LEVELS and "log" in name.lower() else {"error": states}
    return {"error": states}


def property_of(node: ast.Attribute, module: Module) -> Function | None:
    """Find the method that an attribute runs: a property of one line, which gives a value."""
    found = next(methods_behind(node, module), None)
    if found is None:
        return None
    is_property = [ast.unparse(each) for each in found.node.decorator_list] == ["property"]
    last = found.node.body[-1]
    gives = isinstance(last, ast.Return) and last.value and len(found.node.body) < 3
    return found if is_property and gives else None
