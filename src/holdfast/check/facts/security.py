"""What the functions that serve WebSockets read of a handshake: query parameters and cookies."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.calls import callee
from holdfast.check.code.constants import text_of
from holdfast.check.code.containers import parts
from holdfast.check.code.kinds import Function, Instance, Library, Made, Socket, inference
from holdfast.check.code.module import FunctionNode, Module, own_nodes, parameters, walk
from holdfast.check.code.spelling import last_name
from holdfast.check.facts.callers import values_given
from holdfast.check.facts.dependencies import depends, meant
from holdfast.check.facts.opaque import is_model
from holdfast.check.facts.ours import is_connection
from holdfast.check.facts.routes import is_websocket_endpoint
from holdfast.check.facts.served import Served, needs, served
from holdfast.check.facts.sockets import given, is_socket

MARKERS = {"Query", "Cookie", "Header", "Path", "Body", "Form", "File", "Depends", "Security"}
HANDSHAKES = {"HTTPConnection"}
# Classes that read a credential, from where, and as what it counts.
PROVIDERS = {
    "APIKeyCookie": ("cookies", "session"),
    "CookieToken": ("cookies", "session"),
    "APIKeyQuery": ("query", "api_key"),
}
PARTS = {"query_params": "query", "cookies": "cookies", "headers": "headers", "session": "session"}
ACCESSES = {ast.Call, ast.Subscript, ast.Compare}
# How a parameter is named to which a part of the handshake is given.
HOLDERS = re.compile("cookie|quer|param|header|session")
DEPTH = 4


class Read(NamedTuple):
    """A value of a handshake that a function reads: where, and under which name.

    `of` is query, cookies, headers, session or plain; `where` stands in the file that was asked
    about, `inner` where it really is. `ours` tells that only Holdfast's handlers do.
    """

    where: ast.AST
    inner: ast.AST
    of: str
    name: str
    ours: bool = False


class Root(NamedTuple):
    """An endpoint, a function or a class, with the functions that FastAPI or Starlette calls."""

    node: FunctionNode | ast.ClassDef
    module: Module
    starts: list[Reach]


class Reach(NamedTuple):
    """A function that runs for a handshake, and where this file names it, if it is in another."""

    function: Function
    where: ast.AST | None
    asks: bool
    path: str
    ours: bool = False


def reads(module: Module) -> list[Read]:
    """Give what is read of handshakes by the WebSocket code of a file."""
    if "reads" not in module.notes:
        starts = [one for root in roots(module) for one in root.starts]
        module.notes["reads"] = found_reads(starts, module)
    kept: list[Read] = module.notes["reads"]
    return kept


def found_reads(starts: list[Reach], module: Module) -> list[Read]:
    """Give what some functions read of a handshake, with those that they call; each place once."""
    found: dict[ast.AST, Read] = {}
    for reach in reached(starts, module):
        for one in reads_of(reach):
            found.setdefault(one.inner, one)
    return list(found.values())


def roots(module: Module) -> list[Root]:
    """Give the endpoints of a file, and what is called for each: with its dependencies."""
    if "roots" not in module.notes:
        module.notes["roots"] = list(found_roots(module))
    kept: list[Root] = module.notes["roots"]
    return kept


def found_roots(module: Module) -> Iterator[Root]:
    """Look at functions, and at Starlette's classes."""
    for one in sorted(served(module), key=lambda one: one.by == "holdfast"):
        asks, ours = one.by != "starlette", one.by == "holdfast"
        starts = [Reach(Function(module, one.function), None, asks, one.path, ours)]
        starts += [Reach(need, place, True, "", ours) for need, place in needed(one, module)]
        yield Root(one.function, module, starts)
    for node in module.every(ast.ClassDef):
        if node.bases and is_websocket_endpoint(node, module):
            functions = [one for one in node.body if isinstance(one, FunctionNode)]
            starts = [Reach(Function(module, one), None, False, "") for one in functions]
            yield Root(node, module, starts)


def reached(starts: list[Reach], module: Module) -> Iterator[Reach]:
    """Give the functions that run for a handshake: what is called for an endpoint, and on."""
    seen: set[FunctionNode] = set()
    waiting = [(one, DEPTH) for one in starts]
    while waiting:
        reach, depth = waiting.pop(0)
        if reach.function.node in seen:
            continue
        seen.add(reach.function.node)
        yield reach
        if depth:
            waiting += [(one, depth - 1) for one in called(reach, module)]


def needed(one: Served, module: Module) -> Iterator[tuple[Function, ast.AST | None]]:
    """Give the dependencies of a function, and where this file names those of other files."""
    for need in needs(one, module):
        is_here = need.function.module is module
        yield need.function, None if is_here else place_in(need.named, one, module)


def place_in(named: ast.AST, one: Served, module: Module) -> ast.AST:
    """Give a place in this file: what names a dependency may be an alias of another one."""
    return named if named in module.parents else one.function


def called(reach: Reach, module: Module) -> Iterator[Reach]:
    """Give the functions that are handed the handshake."""
    inside = reach.function.module
    for call in own_nodes(reach.function.node):
        if isinstance(call, ast.Call) and any(is_of_handshake(one, inside) for one in given(call)):
            if helper := callee(call, inside):
                where = reach.where
                if where is None and helper.module is not module:
                    where = call
                yield Reach(helper, where, False, "", reach.ours)


def is_of_handshake(node: ast.expr, module: Module) -> bool:
    """Tell whether an expression is a handshake, or a part of it: `ws.cookies`."""
    is_part = isinstance(node, ast.Attribute) and node.attr in PARTS
    return is_handshake(node.value if is_part else node, module)  # type: ignore[attr-defined]


def is_handshake(node: ast.AST, module: Module) -> bool:
    """Tell whether an expression is a WebSocket, a Connection's, or Starlette's HTTPConnection."""
    if is_socket(node, module) or is_connection(node, module):
        return True
    if isinstance(node, ast.Attribute) and node.attr == "http":
        return is_connection(node.value, module)
    kind = inference(module).kind(node, module)
    return isinstance(kind, Made) and kind.name.rpartition(".")[2] in HANDSHAKES


def reads_of(reach: Reach) -> Iterator[Read]:
    """Give what one function reads: by its parameters, and of the handshake itself."""
    function = reach.function
    if reach.asks:
        yield from of_parameters(reach)
    for node in own_nodes(function.node):
        if type(node) in ACCESSES and (found := of_expression(node, function.module)):
            of, name = found
            yield Read(reach.where or node, node, of, name, reach.ours)


def of_parameters(reach: Reach) -> Iterator[Read]:
    """Give what FastAPI reads for the parameters of a function."""
    module = reach.function.module
    for parameter, default in parameters(reach.function.node):
        if parameter.arg in {"self", "cls"} or f"{{{parameter.arg}" in reach.path:
            continue
        of, name = asked(parameter, default, module)
        by = provider(parameter, default, module)
        if by in PROVIDERS:
            of, name = PROVIDERS[by]
        if fields := fields_of(parameter, module) if of in {"query", "cookies"} else []:
            for field in fields:
                yield Read(reach.where or parameter, field, of, field.target.id, reach.ours)  # type: ignore[union-attr]
        elif of:
            yield Read(reach.where or parameter, parameter, of, name or parameter.arg, reach.ours)


def fields_of(parameter: ast.arg, module: Module) -> list[ast.AnnAssign]:
    """Give the fields of the model, if any, in which a parameter takes all cookies or the query."""
    if parameter.annotation is None:
        return []
    kind = inference(module).annotation(parameter.annotation, module)
    body = kind.of.node.body if isinstance(kind, Instance) and is_model(kind.of) else []
    fields = (one for one in body if isinstance(one, ast.AnnAssign))
    return [one for one in fields if isinstance(one.target, ast.Name)]


def asked(parameter: ast.arg, default: ast.expr | None, module: Module) -> tuple[str, str]:
    """Tell what a parameter asks for, and under which name if it is another one."""
    annotation, place = meant(parameter.annotation, module)
    found = marker(default, module) if default is not None else ""
    call = default
    if isinstance(annotation, ast.Subscript):
        if place.qualify(annotation.value).rpartition(".")[2] == "Annotated":
            for one in list(parts(annotation.slice))[1:]:
                if name := marker(one, place):
                    found, call = name, one
    if found:
        kinds = {"Query": "query", "Cookie": "cookies", "Header": "headers"}
        return kinds.get(found, ""), alias(call)
    return ("plain", "") if is_simple(parameter.annotation, module) else ("", "")


def provider(parameter: ast.arg, default: ast.expr | None, module: Module) -> str:
    """Name the class of FastAPI's, if any, that a parameter has its credential from."""
    for call, _, place in depends(parameter, default, module):
        kind = inference(module).kind(call.args[0], place) if call.args else None
        if isinstance(kind, Made):
            return kind.name.rpartition(".")[2]
    return ""


def marker(node: ast.expr | None, module: Module) -> str:
    """Tell which of FastAPI's markers a default or a part of an annotation is."""
    if isinstance(node, ast.Call):
        kind = inference(module).kind(node.func, module)
        last = kind.name.rpartition(".")[2] if isinstance(kind, Library) else ""
        if last in MARKERS:
            return last
        return module.qualify(node.func) and "other"
    return ""


def alias(call: ast.expr | None) -> str:
    """Read the `alias=` of a marker."""
    named = call.keywords if isinstance(call, ast.Call) else []
    for one in named:
        if one.arg == "alias" and isinstance(one.value, ast.Constant):
            return str(one.value.value)
    return ""


def is_simple(annotation: ast.expr | None, module: Module) -> bool:
    """Tell whether FastAPI takes a parameter of this type for one of the query."""
    if annotation is None:
        return True
    kind = inference(module).annotation(annotation, module)
    if isinstance(kind, Socket):
        return False
    text = ast.unparse(annotation)
    return any(word in text for word in ("str", "int", "UUID", "Optional", "Any"))


def of_expression(node: ast.AST, module: Module) -> tuple[str, str] | None:
    """Tell what an expression reads: `ws.cookies.get("x")`, `ws.query_params["x"]`..."""
    key: ast.expr | None = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        if node.func.attr in {"get", "getlist", "pop"}:
            key, holder = node.args[0], node.func.value
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        key, holder = node.slice, node.value
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        key, holder = node.left, node.comparators[0]
    name = named(key, module) if key is not None else ""
    of = holder_of(holder, module) if name else ""
    return (of, name) if of else None


def named(key: ast.expr, module: Module) -> str:
    """Give the name that a key is; of a setting that is not in sight, what it is called."""
    if isinstance(key, ast.Constant):
        return key.value if isinstance(key.value, str) else ""
    if text := text_of(key, module):
        return text
    name = last_name(key)
    return name.lower() if name.isupper() else made_with(key, module)


def made_with(key: ast.expr, module: Module) -> str:
    """Give the text that an object was made with: the `name` of `CookieAuth("session")`."""
    kind = inference(module).kind(key.value, module) if isinstance(key, ast.Attribute) else None
    if not isinstance(kind, Instance) or not isinstance(key, ast.Attribute):
        return ""
    for value in inference(module).classes.values(kind.of, key.attr):
        function = kind.of.module.function_of(value)
        if isinstance(value, ast.Name) and function is not None:
            for given_one, file in values_given(value.id, function, kind.of.module):
                if text := text_of(given_one, file):
                    return text
    return ""


def holder_of(node: ast.expr, module: Module, depth: int = DEPTH) -> str:
    """Tell whether an expression is the query, the cookies, the headers or the session."""
    if is_parsed_query(node, module):
        return "query"
    if isinstance(node, ast.Name):
        _, bindings = inference(module).scopes(module).lookup(node)
        if len(bindings) != 1:
            return ""
        source = bindings[0].source
        if bindings[0].how == "parameter" and isinstance(source, ast.arg) and depth:
            return given_holder(source, module, depth)
        if bindings[0].how == "value" and isinstance(source, ast.expr):
            if is_parsed_query(source, module):
                return "query"
            is_copy = isinstance(source, ast.Call) and source.args
            node = source.args[0] if is_copy and isinstance(source, ast.Call) else source
    if not isinstance(node, ast.Attribute):
        return ""
    found = PARTS.get(node.attr, "")
    return found if found and is_handshake(node.value, module) else ""


def given_holder(parameter: ast.arg, module: Module, depth: int) -> str:
    """Tell what the callers of a function hand it, if its parameter is named like that."""
    function = module.function_of(parameter)
    if function is None or not HOLDERS.search(parameter.arg):
        return ""
    for value, file in values_given(parameter.arg, function, module):
        if found := holder_of(value, file, depth - 1):
            return found
    return ""


def is_parsed_query(node: ast.expr, module: Module) -> bool:
    """Tell whether an expression is `parse_qs(ws.url.query)` or its like."""
    if not isinstance(node, ast.Call) or not node.args:
        return False
    if not module.qualify(node.func).rpartition(".")[2].startswith("parse_qs"):
        return False
    return any(
        isinstance(one, ast.Attribute | ast.Subscript) and is_handshake(one.value, module)
        for part in walk(node.args[0])
        for one in (part, getattr(part, "value", part))
    )
