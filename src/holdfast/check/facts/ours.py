"""Holdfast's own objects in a program: its connections, its handlers, what it is called with."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from holdfast.check.code.kinds import Class, Library, Made, inference
from holdfast.check.code.module import FunctionNode, Module, parameters

CONNECTIONS = {
    "holdfast.Connection",
    "holdfast.CurrentConnection",
    "holdfast.asgi.connection.Connection",
    "holdfast.asgi.registration.CurrentConnection",
}
HOLDFASTS = {"holdfast.Holdfast", "holdfast.asgi.holdfast.Holdfast"}
ENDPOINTS = {"holdfast.Endpoint", "holdfast.asgi.endpoint.Endpoint"}
EVENTS = {"on_connect": 1, "on_message": 2, "on_disconnect": 2}  # and how many parameters are ours
EXPECTS = {"pytest.raises", "pytest.warns", "self.assertRaises", "self.assertWarns"}
REGISTERS = {"websocket", "stream", "subscribe"}


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that Holdfast calls: of a decorator (`how`), or a method of an `Endpoint`."""

    function: FunctionNode
    how: str
    call: ast.Call | None = None


def concerned(module: Module) -> bool:
    """Tell whether a file may have anything of Holdfast's in it."""
    return any(name.partition(".")[0] == "holdfast" for name in module.imports.values())


def calls_of(module: Module, *methods: str) -> list[ast.Call]:
    """Give the calls of methods with these names, of whatever object."""
    if "calls_of" not in module.notes:
        table: dict[str, list[ast.Call]] = defaultdict(list)
        for call in module.every(ast.Call):
            if isinstance(call.func, ast.Attribute):
                table[call.func.attr].append(call)
        module.notes["calls_of"] = table
    found: dict[str, list[ast.Call]] = module.notes["calls_of"]
    return [call for name in methods for call in found.get(name, ())]


def is_expected(node: ast.AST, module: Module) -> bool:
    """Tell whether a test expects just that to fail: `with pytest.raises(...)`."""
    for parent in module.ancestors(node):
        if isinstance(parent, FunctionNode):
            return False
        if isinstance(parent, ast.With):
            calls = (item.context_expr for item in parent.items)
            names = (module.qualify(one.func) for one in calls if isinstance(one, ast.Call))
            if any(name in EXPECTS for name in names):
                return True
    return False


def made_of(node: ast.AST, names: set[str], module: Module) -> bool:
    """Tell whether an expression is an object of one of these classes."""
    kind = inference(module).kind(node, module)
    return isinstance(kind, Made) and kind.name in names


def is_holdfast(node: ast.AST, module: Module) -> bool:
    """Tell whether an expression is a `Holdfast`."""
    return made_of(node, HOLDFASTS, module)


def is_connection(node: ast.AST, module: Module) -> bool:
    """Tell whether an expression is a `Connection`."""
    if made_of(node, CONNECTIONS, module):
        return True
    if not isinstance(node, ast.Name) or not methods(module):
        return False
    function = next(
        (one for one in module.ancestors(node) if has_parameter(one, node.id)),
        None,
    )
    return function in methods(module) and first_of(function, node.id)


def has_parameter(node: ast.AST, name: str) -> bool:
    """Tell whether a function has a parameter of this name."""
    return isinstance(node, FunctionNode) and any(one.arg == name for one, _ in parameters(node))


def first_of(function: ast.AST | None, name: str) -> bool:
    """Tell whether a name is a method's first parameter after `self`, and has no annotation."""
    if not isinstance(function, FunctionNode):
        return False
    named = [one for one, _ in parameters(function)][1:2]
    return any(one.arg == name and one.annotation is None for one in named)


def methods(module: Module) -> dict[ast.AST, ast.ClassDef]:
    """Give the methods of a file's Endpoint classes that Holdfast calls."""
    if "endpoint_methods" not in module.notes:
        module.notes["endpoint_methods"] = {
            function: node
            for node in endpoint_classes(module)
            for function in node.body
            if isinstance(function, FunctionNode) and function.name in EVENTS
        }
    found: dict[ast.AST, ast.ClassDef] = module.notes["endpoint_methods"]
    return found


def endpoint_classes(module: Module) -> list[ast.ClassDef]:
    """Give the classes of a file that are derived from Holdfast's Endpoint."""
    if "endpoint_classes" not in module.notes:
        classes = module.every(ast.ClassDef)
        found = [one for one in classes if one.bases and is_endpoint_class(one, module)]
        module.notes["endpoint_classes"] = found
    kept: list[ast.ClassDef] = module.notes["endpoint_classes"]
    return kept


def is_endpoint_class(node: ast.ClassDef, module: Module, depth: int = 5) -> bool:
    """Tell whether a class is derived from `Endpoint`, or from a class that is."""
    infer = inference(module)
    for base in node.bases:
        kind = infer.kind(base.value if isinstance(base, ast.Subscript) else base, module)
        if isinstance(kind, Library) and kind.name in ENDPOINTS:
            return True
        if isinstance(kind, Class) and depth and kind.node is not node:
            if is_endpoint_class(kind.node, kind.module, depth - 1):
                return True
    return False


def handlers(module: Module) -> list[Handler]:
    """Give the functions of a file that Holdfast calls."""
    if "handlers" not in module.notes:
        module.notes["handlers"] = list(found_handlers(module))
    found: list[Handler] = module.notes["handlers"]
    return found


def found_handlers(module: Module) -> Iterator[Handler]:
    """Look for decorators of a Holdfast, and for methods of Endpoint classes."""
    functions: list[FunctionNode] = [*module.every(ast.FunctionDef)]
    functions += module.every(ast.AsyncFunctionDef)
    for function in functions:
        for call in function.decorator_list:
            if isinstance(call, ast.Call) and is_registration(call, module):
                assert isinstance(call.func, ast.Attribute)
                yield Handler(function, call.func.attr, call)
    for method in methods(module):
        assert isinstance(method, FunctionNode)
        yield Handler(method, "endpoint")


def is_registration(call: ast.Call, module: Module) -> bool:
    """Tell whether a call is `hf.websocket(...)`, `hf.stream(...)` or `hf.subscribe(...)`."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in REGISTERS:
        return False
    return is_holdfast(function.value, module)
