"""Which endpoints look at the page that a handshake comes from, and which do not.

A check guards the endpoints that come to it: by what they call, what they and their routers depend
on, and what decorates them. One to which no endpoint leads, such as a middleware, is taken to guard
them all.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.calls import callee
from holdfast.check.code.imports import others_naming
from holdfast.check.code.kinds import (
    Class,
    Function,
    Library,
    Made,
    files_around,
    inference,
)
from holdfast.check.code.made import DEPENDS
from holdfast.check.code.module import FunctionNode, Module, body_nodes, parameters
from holdfast.check.code.spelling import called_name
from holdfast.check.facts.dependencies import depends, of_keyword, of_parameters, provided
from holdfast.check.facts.security import Root, is_of_handshake, reached, roots
from holdfast.check.facts.sockets import given, is_harmless
from holdfast.check.facts.threads import HTTP

# How a file's text spells that it looks at the header, or has somebody do that.
WORDS = re.compile("origin|HoldfastGuard", re.IGNORECASE)
HEADER = re.compile(r"(?:http[_-])?origin", re.IGNORECASE)
GUARDS = re.compile(r"\w*Origin\w*Middleware|HoldfastGuard")
CHECKS = re.compile(
    r"(?:.*_)?(?:check|verify|validate|allowed|trusted|require|is|same|assert)_\w*origin\w*",
    re.IGNORECASE,
)
# Settings of CORSMiddleware, which does not run for WebSockets.
CORS = {"allow_headers", "expose_headers"}
NAMED = re.compile(r"\bdependencies\b")
SERVES = re.compile("websocket", re.IGNORECASE)
MOST = 200
REQUESTS = {"fastapi.Request", "fastapi.requests.Request", "starlette.requests.Request"}


class Site(NamedTuple):
    """A place that looks at an Origin, and the functions around it."""

    module: Module
    node: ast.AST
    around: frozenset[FunctionNode]


def unguarded(module: Module) -> list[Root]:
    """Give the endpoints of a file for which nobody looks at the Origin."""
    found = roots(module)
    places = sites(module) if found else []
    if not places:
        return found
    every = [root for file in registering(module) for root in roots(file)]
    come_to = {root.node: comes_to(root) for root in [*every, *found]}
    led_to = frozenset().union(*come_to.values())
    if any(not one.around & led_to for one in places) or is_named_above(module, places):
        return []
    checks = frozenset().union(*(one.around for one in places))
    return [one for one in found if not come_to[one.node] & checks and not hands_on(one)]


def registering(module: Module) -> list[Module]:
    """Give the files of the program that may register endpoints."""
    return [module, *others_naming(module, SERVES)]


def sites(module: Module) -> list[Site]:
    """Give the places of the program that look at an Origin."""
    return [site for one in [module, *others_naming(module, WORDS)] for site in sites_in(one)]


def sites_in(module: Module) -> list[Site]:
    """Give the places of one file, but for those that run for HTTP alone."""
    if "origin sites" not in module.notes:
        found = list(found_sites(module)) if WORDS.search(module.text) else []
        module.notes["origin sites"] = found
    kept: list[Site] = module.notes["origin sites"]
    return kept


def found_sites(module: Module) -> Iterator[Site]:
    """Look at texts, parameters, names and calls."""
    types = (ast.Constant, ast.arg, ast.Name, ast.Attribute)
    nodes: list[ast.AST] = [one for each in types for one in module.every(each)]
    for node in nodes:
        if looks(node, module):
            around = frozenset(functions_around(node, module))
            if not any(is_for_http(one, module) for one in around):
                yield Site(module, node, around)


def functions_around(node: ast.AST, module: Module) -> Iterator[FunctionNode]:
    """Give the functions in which a node stands."""
    return (one for one in module.ancestors(node) if isinstance(one, FunctionNode))


def looks(node: ast.AST, module: Module) -> bool:
    """Tell whether a node means the Origin header, or somebody who looks at it."""
    parent = module.parents[node]
    match node:
        case ast.Constant(value=str() | bytes() as value):
            text = value if isinstance(value, str) else value.decode(errors="replace")
            return bool(HEADER.fullmatch(text)) and not is_said(node, parent, module)
        case ast.arg(arg=name):
            return name == "origin"
        case ast.Name(id=name) | ast.Attribute(attr=name):
            if GUARDS.fullmatch(name):
                return not is_http_middleware(node, module)
            if not isinstance(parent, ast.Call):
                return False
            if parent.func is node:
                return bool(CHECKS.fullmatch(name))
            # What is in sight is looked at itself.
            is_handed = module.qualify(parent.func) in DEPENDS and "origin" in name.lower()
            return is_handed and inference(module).kind(node, module) is None
    return False


def is_said(node: ast.Constant, parent: ast.AST, module: Module) -> bool:
    """Tell whether `"origin"` is sent, or is a setting for HTTP, and not looked up."""
    if isinstance(parent, ast.Dict):
        return any(one is node for one in parent.keys)
    listed = module.parents.get(parent)
    return isinstance(listed, ast.keyword) and listed.arg in CORS


def is_http_middleware(node: ast.AST, module: Module) -> bool:
    """Tell whether a name is a middleware of the project that never runs for a WebSocket."""
    kind = inference(module).kind(node, module)
    return isinstance(kind, Class) and runs_for_http(kind)


def runs_for_http(of: Class) -> bool:
    """Tell whether a class is a middleware that never runs for a WebSocket."""
    line = inference(of.module).classes.line(of)
    return any(isinstance(one, Library) and one.name.endswith("BaseHTTPMiddleware") for one in line)


def is_for_http(function: FunctionNode, module: Module) -> bool:
    """Tell whether a function is a route of HTTP, or a middleware that runs for HTTP alone."""
    for one in function.decorator_list:
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
            is_middleware = one.func.attr == "middleware"
            if (one.func.attr in HTTP or is_middleware) and one.args:
                return True
    if any(is_request(one, module) for one, _ in parameters(function)):
        return True
    owner = module.parents.get(function)
    return isinstance(owner, ast.ClassDef) and runs_for_http(Class(module, owner))


def is_request(parameter: ast.arg, module: Module) -> bool:
    """Tell whether a parameter is a request of HTTP, and no handshake of a WebSocket."""
    note = parameter.annotation
    return note is not None and module.qualify(note) in REQUESTS


# -- from endpoints to checks ----------------------------------------------------------------------


def comes_to(root: Root) -> frozenset[FunctionNode]:
    """Give the functions that run for an endpoint: all that is called, and what decorates it."""
    waiting = [one.function for one in root.starts]
    if isinstance(root.node, FunctionNode):
        waiting += list(decorators(root.node, root.module))
    else:
        waiting += list(inherited(root.node, root.module))
    return closure(waiting)


def closure(waiting: list[Function]) -> frozenset[FunctionNode]:
    """Give some functions, and all that they call, or depend on."""
    seen: set[FunctionNode] = set()
    while waiting and len(seen) < MOST:
        one = waiting.pop(0)
        if one.node in seen:
            continue
        seen.add(one.node)
        waiting += [need.function for need in of_parameters(one)]
        for call in body_nodes(one.node):
            if isinstance(call, ast.Call) and (helper := callee(call, one.module)):
                waiting.append(helper)
    return frozenset(seen)


def inherited(node: ast.ClassDef, module: Module) -> Iterator[Function]:
    """Give the methods that an endpoint class has from its bases."""
    for one in inference(module).classes.line(Class(module, node)):
        if isinstance(one, Class) and one.node is not node:
            methods = (each for each in one.node.body if isinstance(each, FunctionNode))
            yield from (Function(one.module, each) for each in methods)


def decorators(function: FunctionNode, module: Module) -> Iterator[Function]:
    """Give the project's own functions that decorate an endpoint."""
    for one in function.decorator_list:
        kind = inference(module).kind(one.func if isinstance(one, ast.Call) else one, module)
        if isinstance(kind, Function):
            yield kind


def hands_on(root: Root) -> bool:
    """Tell whether an endpoint hands the handshake to something that is not in sight."""
    for reach in reached(root.starts, root.module):
        module = reach.function.module
        for call in body_nodes(reach.function.node):
            if isinstance(call, ast.Call) and any(is_of_handshake(g, module) for g in given(call)):
                if not callee(call, module) and not is_harmless(call, module):
                    return True
        if any(is_strange(one, module) for one in reach.function.node.decorator_list):
            return True
    return any(is_unknown(one.function) for one in root.starts if one.asks)


def is_strange(decorator: ast.expr, module: Module) -> bool:
    """Tell whether a decorator is nobody's that we know, and no route either."""
    call = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(call, ast.Attribute):
        return False
    return not isinstance(inference(module).kind(call, module), Function)


def is_unknown(function: Function) -> bool:
    """Tell whether a function depends on something that is not in sight."""
    module = function.module
    for parameter, default in parameters(function.node):
        for call, annotation, place in depends(parameter, default, module):
            if place.qualify(call.func) in DEPENDS and not provided(call, annotation, place):
                kind = inference(module).kind(call.args[0], place) if call.args else None
                if not (isinstance(kind, Made) and kind.name.startswith("fastapi.")):
                    return True
    return False


def is_named_above(module: Module, places: list[Site]) -> bool:
    """Tell whether an application, or who includes a file's router, depends on a check."""
    checks = frozenset().union(*(one.around for one in places))
    for file in [module, *others_naming(module, NAMED)]:
        for call in file.every(ast.Call):
            if any(one.arg == "dependencies" for one in call.keywords) and concerns(
                call, file, module
            ):
                named = [one.function for one in of_keyword(call, file)]
                if closure(named) & checks:
                    return True
    return False


def concerns(call: ast.Call, file: Module, module: Module) -> bool:
    """Tell whether what is called has to do with a file's endpoints, or may have."""
    name = called_name(call, file)
    if name == "include_router" and call.args:
        dotted = file.qualify(call.args[0])
        base = dotted.rpartition(".")[0]
        included = files_around(file).module_named(file, base) if base else None
        return included is None or included is module or not roots(included)
    # Those of a file's own routers are among what its endpoints need.
    return name == "FastAPI" or (name == "APIRouter" and not roots(file))
