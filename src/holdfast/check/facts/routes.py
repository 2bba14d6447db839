"""Which functions are WebSocket endpoints, and how they are registered."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from holdfast.check.code.kinds import (
    Class,
    Function,
    Instance,
    Library,
    Made,
    Socket,
    files_around,
    inference,
)
from holdfast.check.code.module import FRAMEWORKS, FunctionNode, Module, parameters, walk
from holdfast.check.facts.sockets import is_socket

DECORATORS = {"websocket", "websocket_route"}
CLASSES = {"WebSocketRoute", "APIWebSocketRoute"}
REGISTRATIONS = CLASSES | {"add_api_websocket_route", "add_websocket_route"}


@dataclass(frozen=True, slots=True)
class Route:
    """A function, the call that makes it an endpoint, and what that call is named.

    `framework` says whose object the route is added to, or `unknown`; `owner` is that object, and
    `decorated` the other decorators between the route and the function.
    """

    function: FunctionNode
    module: Module
    call: ast.Call
    how: str
    framework: str
    owner: ast.expr | None
    decorated: bool = False

    @property
    def path(self) -> str:
        """The path, where it stands there literally."""
        return path_of(self.call)


def path_of(call: ast.Call) -> str:
    """Give the path that a call registers something under, where it stands there literally."""
    named = [one.value for one in call.keywords if one.arg in {"path", None}]
    texts = (one.value for one in [*call.args[:1], *named] if isinstance(one, ast.Constant))
    return next((text for text in texts if isinstance(text, str)), "")


def routes(module: Module) -> list[Route]:
    """Find the endpoints that a file registers, whose functions may be in other files."""
    if "routes" not in module.notes:
        # Without an import of a framework, what is not known to be one's object is not of one.
        uses = module.uses_framework
        found_here = [one for one in found_routes(module) if uses or one.framework in FRAMEWORKS]
        module.notes["routes"] = found_here
    found: list[Route] = module.notes["routes"]
    return found


def found_routes(module: Module) -> Iterator[Route]:
    """Look for decorators and for calls that register."""
    for function in module.every(ast.FunctionDef):
        yield from decorated(function, module)
    for coroutine in module.every(ast.AsyncFunctionDef):
        yield from decorated(coroutine, module)
    for call in module.every(ast.Call):
        yield from registered(call, module)


def decorated(function: FunctionNode, module: Module) -> Iterator[Route]:
    """Find the decorators that make a function an endpoint."""
    for index, call in enumerate(function.decorator_list):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        if call.func.attr in DECORATORS:
            framework = framework_of(call.func.value, module)
            if framework != "other":
                below = index + 1 < len(function.decorator_list)
                how, owner = call.func.attr, call.func.value
                yield Route(function, module, call, how, framework, owner, decorated=below)


def registered(call: ast.Call, module: Module) -> Iterator[Route]:
    """Find what `WebSocketRoute("/", f)` and `app.websocket("/")(f)` register."""
    owner: ast.expr | None
    if isinstance(call.func, ast.Call) and isinstance(call.func.func, ast.Attribute):
        inner, how = call.func, call.func.func.attr
        owner = call.func.func.value
        if how not in DECORATORS or framework_of(owner, module) == "other":
            return
        given = call.args[:1]
    else:
        inner, how = call, module.qualify(call.func).rpartition(".")[2]
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        if how not in REGISTRATIONS:
            return
        given = [
            *call.args[1:2],
            *(one.value for one in call.keywords if one.arg in {"endpoint", "route"}),
        ]
    framework = framework_of(owner, module) if owner is not None else "starlette"
    for value in given:
        kind = inference(module).kind(value, module)
        if isinstance(kind, Function):
            has_more = bool(kind.node.decorator_list)
            is_class = how in CLASSES  # `routing.WebSocketRoute(...)` is added to no object
            added_to = None if is_class else owner
            yield Route(kind.node, kind.module, inner, how, framework, added_to, decorated=has_more)


def framework_of(receiver: ast.expr, module: Module) -> str:
    """Say whose object routes are added to: a framework, `other`, or `unknown`."""
    kind = inference(module).kind(receiver, module)
    if isinstance(kind, Made | Library):
        root, last = kind.name.partition(".")[0], kind.name.rpartition(".")[2]
        if root in FRAMEWORKS:
            return root
        # A class from elsewhere is another framework's; a factory may return one of ours.
        is_class = isinstance(kind, Made) and last[:1].isupper()
        return "other" if is_class and root != last else "unknown"
    if isinstance(kind, Instance):
        found = framework_of_class(kind.of)
        return "other" if found == "unknown" and has_routes_of_its_own(kind) else found
    return "unknown"


def has_routes_of_its_own(kind: Instance) -> bool:
    """Tell whether a class of the project has a `websocket` that makes no endpoint."""
    infer = inference(kind.of.module)
    own = [one for name in sorted(DECORATORS) if (one := infer.attribute(kind, name))]
    makers = DECORATORS | REGISTRATIONS
    for one in own:
        nodes = walk(one.node) if isinstance(one, Function) else ()
        if any(isinstance(node, ast.Attribute) and node.attr in makers for node in nodes):
            return False
    return bool(own)


def framework_of_class(of: Class) -> str:
    """Say which framework a class of the project is derived from."""
    for one in inference(of.module).classes.line(of):
        if isinstance(one, Library) and one.name.partition(".")[0] in FRAMEWORKS:
            return one.name.partition(".")[0]
    return "unknown"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A function that serves a connection from its start to its end.

    `socket` names the parameter that is its WebSocket.
    """

    function: FunctionNode
    module: Module
    socket: str
    route: Route


def endpoints(module: Module) -> list[Endpoint]:
    """Find the functions of a file that serve a WebSocket, wherever they are registered.

    Holdfast's own handlers are none: they have no WebSocket.
    """
    if "endpoints" not in module.notes:
        module.notes["endpoints"] = list(found_endpoints(module))
    found: list[Endpoint] = module.notes["endpoints"]
    return found


def found_endpoints(module: Module) -> Iterator[Endpoint]:
    """Take the routes of this file, and of those that register functions of this one."""
    seen: set[FunctionNode] = set()
    others = (one for one in files_around(module).near(module) if one is not module)
    for route in [*routes(module), *(route for other in others for route in routes(other))]:
        if route.module is not module or route.function in seen or route.framework == "holdfast":
            continue
        seen.add(route.function)
        name = socket_parameter(route.function, module)
        if name:
            yield Endpoint(route.function, module, name, route)


def socket_parameter(function: FunctionNode, module: Module) -> str:
    """Name the parameter that is the WebSocket."""
    named = [one for one, _ in parameters(function) if one.arg not in {"self", "cls"}]
    infer = inference(module)
    for one in named:
        if one.annotation is not None and is_socket_annotation(one.annotation, module):
            return one.arg
    for one in named:
        table = infer.scopes(module).table(function).get(one.arg, [])
        if one.annotation is None and table:
            probe = ast.Name(one.arg, ast.Load())
            module.parents[probe] = function.body[0]
            if is_socket(probe, module):
                return one.arg
    return ""


def is_socket_annotation(annotation: ast.expr, module: Module) -> bool:
    """Tell whether an annotation means a WebSocket."""
    return isinstance(inference(module).annotation(annotation, module), Socket)


def is_websocket_endpoint(node: ast.ClassDef, module: Module) -> bool:
    """Tell whether a class is derived from Starlette's WebSocketEndpoint."""
    line = inference(module).classes.line(Class(module, node))
    return any(isinstance(one, Library) and one.name.endswith("WebSocketEndpoint") for one in line)
