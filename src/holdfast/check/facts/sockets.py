"""What is done with a WebSocket: its methods by their kind, and every use in a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.asking import unless_asked
from holdfast.check.code.calls import callee, receiver
from holdfast.check.code.kinds import Class, Container, Function, Library, Made, Socket, inference
from holdfast.check.code.module import FunctionNode, Module, body_nodes

SENDS = {"send_text", "send_bytes", "send_json"}
RECEIVES = {"receive_text", "receive_bytes", "receive_json"}
ITERATES = {"iter_text", "iter_bytes", "iter_json"}
# Method of a WebSocket -> what it is to our analyses.
OPERATIONS = {
    **dict.fromkeys(SENDS, "send"),
    "send": "send",
    **dict.fromkeys(RECEIVES, "receive"),
    **dict.fromkeys(ITERATES, "iterate"),
    "receive": "raw_receive",
    "accept": "accept",
    "close": "close",
    "send_denial_response": "deny",
}
COROUTINES = set(OPERATIONS) - ITERATES
# Calls that do nothing with a WebSocket that they are given.
HARMLESS = {
    "id", "print", "repr", "str", "hash", "isinstance", "type", "getattr", "hasattr", "len", "bool",
    "append", "add", "remove", "discard", "pop", "setdefault", "get", "insert", "update", "index",
    "info", "debug", "warning", "error", "exception", "log", "critical", "format", "cast", "put",
    "put_nowait", "vars", "dir", "any", "all", "list", "set", "dict", "tuple",
}  # fmt: skip
# Methods that run when an object is made, and bases that add none.
MAKERS = {"__init__", "__new__", "__post_init__", "__init_subclass__", "model_post_init"}
PLAIN_BASES = {
    "object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing.NamedTuple",
    "pydantic.BaseModel",
}  # fmt: skip


def is_socket(node: ast.AST | None, module: Module) -> bool:
    """Tell whether an expression is a WebSocket, or most likely one."""
    return isinstance(inference(module).kind(node, module), Socket)


def is_known_socket(node: ast.AST | None, module: Module) -> bool:
    """Tell whether an expression is a WebSocket for sure."""
    kind = inference(module).kind(node, module)
    return isinstance(kind, Socket) and kind.certain


def operation(call: ast.AST, module: Module) -> str:
    """Tell what a call does with a WebSocket: a value of OPERATIONS, or nothing."""
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return ""
    name = OPERATIONS.get(call.func.attr, "")
    return name if name and is_socket(call.func.value, module) else ""


def callee_name(call: ast.AST | None, module: Module) -> str:
    """Spell what a call calls, if it is of a package: `asyncio.gather`, `asyncio.Queue.get`."""
    if not isinstance(call, ast.Call):
        return ""
    kind = inference(module).kind(call.func, module)
    return kind.name if isinstance(kind, Library) else ""


def is_peer(node: ast.expr, module: Module) -> bool:
    """Tell whether a WebSocket is one of many: a loop's variable, or out of a collection."""
    if isinstance(node, ast.Name):
        return bool(is_peer_named(node, module))
    if isinstance(node, ast.Attribute):
        return is_peer(node.value, module)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return isinstance(inference(module).kind(node.func.value, module), Container)
    return isinstance(node, ast.Subscript)


@unless_asked
def is_peer_named(node: ast.Name, module: Module) -> bool | None:
    """Tell whether a name stands for one of many."""
    _, bindings = inference(module).scopes(module).lookup(node)
    values = [one.source for one in bindings if one.how == "value"]
    return any(one.how == "item" for one in bindings) or any(
        isinstance(one, ast.expr) and is_peer(one, module) for one in values
    )


def is_harmless(call: ast.Call, module: Module) -> bool:
    """Tell whether a call that gets a WebSocket only stores or prints it."""
    infer = inference(module)
    made = infer.kind(call.func, module)
    if isinstance(made, Class):
        return only_keeps(made)
    if isinstance(call.func, ast.Attribute):
        base = infer.kind(call.func.value, module)
        if isinstance(base, Container) or call.func.attr in HARMLESS:
            return True
        return isinstance(base, Library | Made) and base.name.partition(".")[0] == "logging"
    return isinstance(call.func, ast.Name) and call.func.id in HARMLESS


def only_keeps(made: Class) -> bool:
    """Tell whether making an object of a class runs nothing of it, as of a plain dataclass."""
    infer = inference(made.module)
    line = list(infer.classes.line(made))
    if any(isinstance(one, Library) and one.name not in PLAIN_BASES for one in line):
        return False
    classes = [one for one in line if isinstance(one, Class)]
    bases = [infer.kind(base, one.module) for one in classes for base in one.node.bases]
    if not all(isinstance(one, Class | Library) for one in bases):
        return False
    return not any(one.node.keywords or MAKERS & names_in(one.node) for one in classes)


def names_in(owner: ast.ClassDef) -> set[str]:
    """Name the methods that a class itself has."""
    return {one.name for one in owner.body if isinstance(one, FunctionNode)}


class Use(NamedTuple):
    """Something done with a connection's WebSocket, directly or by what is called.

    `call` stands in the function that was asked about; `inner` is the call itself, in `module`,
    which may be in a helper. `concurrent` tells that it runs in a task beside, `peer` that it is
    done with one of many, out of a collection.
    """

    operation: str
    call: ast.AST
    inner: ast.Call
    module: Module
    function: FunctionNode
    concurrent: bool
    peer: bool = False


SPAWNS = {
    "create_task", "ensure_future", "start_soon", "gather", "wait", "run_coroutine_threadsafe",
    "add_task", "start", "to_thread",
}  # fmt: skip
DEPTH = 6


def uses(function: FunctionNode, module: Module) -> list[Use]:
    """Give all that a function does with WebSockets, helpers and nested functions included.

    A WebSocket that is handed to something that the project does not define is an `escape`.
    """
    key = "uses"
    kept: dict[ast.AST, list[Use]] = module.notes.setdefault(key, {})
    if function not in kept:
        kept[function] = list(found_uses(function, module, frozenset(), concurrent=False))
    return kept[function]


def found_uses(
    function: FunctionNode, module: Module, above: frozenset[ast.AST], *, concurrent: bool
) -> Iterator[Use]:
    """Find the uses in one function and in what it calls; `above` are those that called it."""
    if function in above or len(above) > DEPTH:
        return
    above = above | {function}
    for node in body_nodes(function):
        if not isinstance(node, ast.Call):
            continue
        if name := operation(node, module):
            beside = concurrent or is_beside(node, function, module)
            peer = is_peer(receiver(node), module)
            yield Use(name, node, node, module, function, beside, peer)
            continue
        helper = callee(node, module)
        if helper and may_concern(node, helper, module):
            beside = concurrent or is_beside(node, function, module)
            for use in found_uses(helper.node, helper.module, above, concurrent=beside):
                yield use._replace(call=node)
        elif any(is_socket(one, module) for one in given(node)) and not is_harmless(node, module):
            beside = concurrent or is_beside(node, function, module)
            yield Use("escape", node, node, module, function, beside)
        yield from handed_on(node, module, above)


def is_beside(node: ast.AST, function: FunctionNode, module: Module) -> bool:
    """Tell whether a call in a function is run in a task, or by a function inside it."""
    return is_spawned(node, module) or nested_in(node, function, module)


def handed_on(call: ast.Call, module: Module, above: frozenset[ast.AST]) -> Iterator[Use]:
    """Find the uses in functions that are handed to a call by name: `start_soon(reader, ws)`."""
    for one in given(call):
        kind = inference(module).kind(one, module)
        if isinstance(one, ast.Name | ast.Attribute) and isinstance(kind, Function):
            if kind.node not in above:
                for use in found_uses(kind.node, kind.module, above, concurrent=True):
                    yield use._replace(call=call)


def nested_in(node: ast.AST, function: FunctionNode, module: Module) -> bool:
    """Tell whether a node is in a function inside this one."""
    return module.function_of(node) is not function


def given(call: ast.Call) -> list[ast.expr]:
    """Give what a call is given."""
    values = [*call.args, *(one.value for one in call.keywords)]
    return [one.value if isinstance(one, ast.Starred) else one for one in values]


def is_spawned(node: ast.AST, module: Module) -> bool:
    """Tell whether a call is an argument of one that runs it in a task beside."""
    for parent in module.ancestors(node):
        if isinstance(parent, ast.Call):
            name = parent.func.attr if isinstance(parent.func, ast.Attribute) else ""
            if (name or module.qualify(parent.func)) in SPAWNS:
                return True
        if isinstance(parent, ast.stmt):
            return False
    return False


def may_concern(call: ast.Call, helper: Function, module: Module) -> bool:
    """Tell whether a helper may use the caller's WebSocket: it is given it, or holds it.

    A function nested in an endpoint, or a method of the object that has the WebSocket, needs none.
    """
    if any(is_socket(one, module) for one in given(call)):
        return True
    return helper.module is module and (helper.owner is not None or is_nested(helper))


def is_nested(helper: Function) -> bool:
    """Tell whether a function is defined inside another one."""
    return helper.module.function_of(helper.node) is not None
