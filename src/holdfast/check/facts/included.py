"""Which routes an application takes over from its routers, in which order, and under which path."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.imports import others_naming
from holdfast.check.code.kinds import files_around, inference
from holdfast.check.code.module import Module
from holdfast.check.facts.dependencies import calls_of
from holdfast.check.facts.routes import Route, routes

INCLUDES = re.compile(r"\.include_router\(")


class Taken(NamedTuple):
    """A route under the whole path that an application knows it by, and the file that has it."""

    path: str
    route: Route
    module: Module


def including(module: Module) -> Iterator[Module]:
    """Give the files that may include the routers of one, it among them."""
    yield module
    yield from others_naming(module, INCLUDES)


def taken_over(module: Module) -> list[list[Taken]]:
    """Give the routes of included routers, by what includes them, in the order of their turns."""
    if "taken over" not in module.notes:
        groups: dict[tuple[str, int], list[Taken]] = {}
        for call in sorted(calls_of(module)["include_router"], key=lambda one: one.lineno):
            block = id(module.block_of(module.statement_of(call)))
            into = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
            groups.setdefault((into, block), []).extend(of_router(call, module))
        module.notes["taken over"] = list(groups.values())
    found: list[list[Taken]] = module.notes["taken over"]
    return found


def of_router(call: ast.Call, module: Module) -> Iterator[Taken]:
    """Give the routes of the router that a call includes; none where a prefix is not known."""
    router = place_of(call.args[0], module) if call.args else None
    before = prefix(call)
    if router is None or before is None:
        return
    made, name, other = router
    own = prefix(made)
    if own is None:
        return
    for route in routes(other):
        if isinstance(route.owner, ast.Name) and route.owner.id == name and route.path:
            is_decorator = route.call in route.function.decorator_list
            if other.function_of(route.function if is_decorator else route.call) is None:
                yield Taken(before + own + route.path, route, other)


def place_of(router: ast.expr, module: Module) -> tuple[ast.Call, str, Module] | None:
    """Find the call that makes a router, its name, and the file that is in."""
    base, _, name = module.qualify(router).rpartition(".")
    other = files_around(module).module_named(module, base) if base else module
    if other is None:
        return None
    bindings = inference(other).scopes(other).table(other.tree).get(name, [])
    made = [one.source for one in bindings]
    if len(made) != 1 or not isinstance(made[0], ast.Call):
        return None
    return made[0], name, other


def prefix(call: ast.Call) -> str | None:
    """Read a prefix: nothing if there is none, None if it is not written out."""
    for keyword in call.keywords:
        if keyword.arg == "prefix":
            value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
            return value if isinstance(value, str) else None
        if keyword.arg is None:
            return None
    return ""
