"""What WebSocket routes depend on: by their parameters, their routers and their application."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.calls import callee
from holdfast.check.code.containers import parts
from holdfast.check.code.kinds import Class, Function, Instance, files_around, inference
from holdfast.check.code.made import DEPENDS
from holdfast.check.code.module import Module, own_nodes, parameters
from holdfast.check.code.scopes import Binding
from holdfast.check.code.spelling import called_name
from holdfast.check.facts.routes import Route, routes

BY_FASTAPI = {"websocket", "add_api_websocket_route"}


class Dependency(NamedTuple):
    """A function that FastAPI calls for a route, and where the route, or its router, names it."""

    function: Function
    named: ast.AST


def needed(module: Module) -> list[Dependency]:
    """Give all that the WebSocket routes of a file depend on, each with all that it depends on."""
    if "needed" not in module.notes:
        may_need = routes(module) or calls_of(module)["include_router"]
        module.notes["needed"] = list(found_needed(module)) if may_need else []
    found: list[Dependency] = module.notes["needed"]
    return found


def found_needed(module: Module) -> Iterator[Dependency]:
    """Follow dependencies to their dependencies."""
    seen: set[tuple[ast.AST, ast.AST]] = set()
    waiting = list(direct(module))
    while waiting:
        one = waiting.pop(0)
        if (one.function.node, one.named) in seen:
            continue
        seen.add((one.function.node, one.named))
        yield one
        inner = list(of_parameters(one.function))
        # What an endpoint needs is named by its own parameters.
        if one.named is not one.function.node:
            inner = [below._replace(named=one.named) for below in inner]
        waiting += inner


def direct(module: Module) -> Iterator[Dependency]:
    """Give what routes, routers and applications name."""
    for route in routes(module):
        if route.how in BY_FASTAPI and route.framework in {"fastapi", "unknown"}:
            endpoint = Function(route.module, route.function)
            if route.module is module and not route.decorated:
                yield Dependency(endpoint, route.function)
            yield from of_keyword(route.call, module)
            yield from of_owner(route, module)
    for call in calls_of(module)["include_router"]:
        if call.args and has_endpoints(call.args[0], module):
            yield from of_keyword(call, module)
            # What includes it needs the same for all that it serves.
            into = call.func.value if isinstance(call.func, ast.Attribute) else None
            made = made_by(into, module)
            if isinstance(made, ast.Call) and made in calls_of(module)["FastAPI"]:
                yield from of_keyword(made, module)


def calls_of(module: Module) -> dict[str, list[ast.Call]]:
    """Give the calls that make applications, and those that include routers."""
    if "dependency_calls" not in module.notes:
        found: dict[str, list[ast.Call]] = {"FastAPI": [], "include_router": []}
        for call in module.every(ast.Call):
            name = called_name(call, module)
            if name in found:
                found[name].append(call)
        module.notes["dependency_calls"] = found
    kept: dict[str, list[ast.Call]] = module.notes["dependency_calls"]
    return kept


def has_endpoints(router: ast.expr, module: Module) -> bool:
    """Tell whether a router has WebSocket routes, as far as the file knows it."""
    made = made_by(router, module)
    if made is not None and made in owners_made(module):
        return True
    dotted = module.qualify(router)
    base, _, name = dotted.rpartition(".")
    other = files_around(module).module_named(module, base) if base else None
    if other is None:
        return False
    owners = (one.owner for one in routes(other))
    return any(isinstance(one, ast.Name) and one.id == name for one in owners)


def owners_made(module: Module) -> set[ast.AST | None]:
    """Give the calls that make the objects to which a file adds WebSocket routes."""
    if "owners made" not in module.notes:
        owners = (one.owner for one in routes(module) if one.owner is not None)
        module.notes["owners made"] = {made_by(one, module) for one in owners}
    found: set[ast.AST | None] = module.notes["owners made"]
    return found


def made_by(owner: ast.expr | None, module: Module) -> ast.AST | None:
    """Find the call that makes a router or an application, in the same file."""
    if not isinstance(owner, ast.Name):
        return None
    _, bindings = inference(module).scopes(module).lookup(owner)
    values = (one.source for one in bindings if one.how == "value")
    first, second = next(values, None), next(values, None)
    return first if isinstance(first, ast.Call) and second is None else None


def of_owner(route: Route, module: Module) -> Iterator[Dependency]:
    """Give what a router, or the application, needs for each of its routes."""
    made = made_by(route.owner, module)
    if isinstance(made, ast.Call):
        yield from of_keyword(made, module)
        # A router's routes are the application's as well.
        application = included(module).get(made)
        if isinstance(application, ast.Call) and application is not made:
            if application in calls_of(module)["FastAPI"]:
                yield from of_keyword(application, module)


def included(module: Module) -> dict[ast.AST | None, ast.AST | None]:
    """Give what includes each router of a file, by the first call that does."""
    if "included" not in module.notes:
        table: dict[ast.AST | None, ast.AST | None] = {}
        for call in calls_of(module)["include_router"]:
            if call.args and isinstance(call.func, ast.Attribute):
                router = made_by(call.args[0], module)
                table.setdefault(router, made_by(call.func.value, module))
        module.notes["included"] = table
    found: dict[ast.AST | None, ast.AST | None] = module.notes["included"]
    return found


def of_keyword(call: ast.Call, module: Module) -> Iterator[Dependency]:
    """Give what `dependencies=[Depends(f)]` names."""
    for keyword in call.keywords:
        if keyword.arg == "dependencies" and isinstance(keyword.value, ast.List | ast.Tuple):
            for one in keyword.value.elts:
                if isinstance(one, ast.Call) and (found := provided(one, None, module)):
                    yield Dependency(found, one)


def of_parameters(function: Function) -> Iterator[Dependency]:
    """Give what the parameters of a function depend on."""
    module = function.module
    for parameter, default in parameters(function.node):
        for call, annotation, place in depends(parameter, default, module):
            if found := provided(call, annotation, place):
                yield Dependency(found, parameter)


def depends(
    parameter: ast.arg, default: ast.expr | None, module: Module
) -> Iterator[tuple[ast.Call, ast.expr | None, Module]]:
    """Give the `Depends(...)` of a parameter, the type beside it, and the file of both."""
    if isinstance(default, ast.Call):
        yield default, parameter.annotation, module
    annotation, place = meant(parameter.annotation, module)
    if isinstance(annotation, ast.Subscript):
        if place.qualify(annotation.value).rpartition(".")[2] == "Annotated":
            inner = list(parts(annotation.slice))
            for one in inner[1:]:
                if isinstance(one, ast.Call):
                    yield one, inner[0], place


def meant(annotation: ast.expr | None, module: Module) -> tuple[ast.expr | None, Module]:
    """Follow an alias, `CurrentUser = Annotated[...]`, to its value and the file of that."""
    if not isinstance(annotation, ast.Name):
        return annotation, module
    scope, bindings = inference(module).scopes(module).lookup(annotation)
    kept: dict[tuple[ast.AST, str], tuple[ast.expr, Module] | None]
    kept = module.notes.setdefault("aliases", {})
    key = (scope, annotation.id)
    if key not in kept:
        kept[key] = alias_of(annotation.id, bindings, module)
    return kept[key] or (annotation, module)


def alias_of(name: str, bindings: list[Binding], module: Module) -> tuple[ast.expr, Module] | None:
    """Find the value of an alias, here or in the file that it is imported from."""
    for one in bindings:
        if one.how == "value" and isinstance(one.source, ast.Subscript):
            return one.source, module
        # The name of an import is the same for all of its bindings.
        if one.how == "import":
            return imported_alias(name, module) or next(values_of(bindings, module), None)
    return None


def values_of(bindings: list[Binding], module: Module) -> Iterator[tuple[ast.expr, Module]]:
    """Give the aliases among the bindings of a name."""
    for one in bindings:
        if one.how == "value" and isinstance(one.source, ast.Subscript):
            yield one.source, module


def imported_alias(name: str, module: Module, depth: int = 4) -> tuple[ast.expr, Module] | None:
    """Follow the imports of a name to the file that gives it its value."""
    base, _, there = module.imports.get(name, "").rpartition(".")
    other = files_around(module).module_named(module, base) if base else None
    if other is None or other is module:
        return None
    table = inference(other).scopes(other).table(other.tree)
    for one in table.get(there, ()):
        if one.how == "value" and isinstance(one.source, ast.Subscript):
            return one.source, other
        if one.how == "import" and depth:
            return imported_alias(there, other, depth - 1)
    return None


def provided(call: ast.Call, annotation: ast.expr | None, module: Module) -> Function | None:
    """Find what `Depends(f)` calls; `Depends()` calls the type beside it."""
    if module.qualify(call.func) not in DEPENDS:
        return None
    named = [*call.args[:1], *(one.value for one in call.keywords if one.arg == "dependency")]
    target = named[0] if named else annotation
    infer = inference(module)
    kind = infer.kind(target, module)
    if isinstance(target, ast.Call) and chooses(target, module):
        return None
    if isinstance(kind, Class):
        kind = infer.attribute(Instance(kind), "__init__")
    elif isinstance(kind, Instance):
        kind = infer.attribute(kind, "__call__")
    return kind if isinstance(kind, Function) else None


def chooses(factory: ast.Call, module: Module) -> bool:
    """Tell whether a function that makes a dependency gives one of several."""
    made = callee(factory, module)
    if made is None:
        return False
    given = [one.value for one in own_nodes(made.node) if isinstance(one, ast.Return) and one.value]
    return len({ast.unparse(one) for one in given}) > 1 or any(
        isinstance(one, ast.IfExp) for one in given
    )
