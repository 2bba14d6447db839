"""Where the key of a registry comes from: made for each connection, or shared by some."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import Class, Function, Instance, files_around, inference
from holdfast.check.code.module import FunctionNode, Module, own_nodes, parameters, walk
from holdfast.check.facts.callers import calls_of, values_given
from holdfast.check.facts.dependencies import depends, provided
from holdfast.check.facts.routes import endpoints
from holdfast.check.facts.sockets import is_socket

OWN, SHARED, UNKNOWN = "own", "shared", "unknown"
# What gives another value each time that it is called, or for each object.
MAKERS = re.compile(
    r"uuid\d*$|token_(hex|urlsafe|bytes)|urandom|nanoid|ulid|^id$|^next$|random|randint"
    r"|getrandbits|choices|monotonic|perf_counter|time_ns|^time$|now$|ObjectId|^count$|generate_id"
    r"|new_id|make_id|create_id|gen_id|generate_.*id|create_.*id|new_.*id|^len$",
    re.IGNORECASE,
)
# What a client says of itself.
SAID = {
    "auth", "cookies", "headers", "path_params", "query_params", "receive_json", "receive_text",
    "session", "user",
}  # fmt: skip
# Parameters that say who somebody is, where no call shows what they are given.
WHO = re.compile(
    r"^(user|user_?id|uid|user_?name|name|nick(name)?|email|player(_id)?|device(_id)?|account(_id)?"
    r"|customer(_id)?|driver(_id)?|employee(_id)?|member(_id)?)$"
)
CONNECTION = re.compile(
    r"^(conn(ection)?_?id|socket_?id|ws_?id|websocket_?id|sid|channel_name|key)$"
)
DEPTH = 6
Source = Callable[[ast.AST, Module], bool]


def origin(key: ast.AST, module: Module, depth: int = 0) -> str:
    """Tell where a key comes from: `own` to the connection, `shared`, or `unknown`."""
    if depth > DEPTH:
        return UNKNOWN
    if makes(key, module):
        return OWN
    names = [one for one in walk(key) if isinstance(one, ast.Name)]
    if any(is_socket(one, module) for one in walk(key) if isinstance(one, ast.Name)):
        return SHARED if said(key) or is_address(key) or is_told(key, module) else OWN
    found = [of_name(one, module, depth + 1) for one in names]
    if OWN in found:
        return OWN
    if isinstance(key, ast.Attribute) and SHARED not in found:
        return of_attribute(key, module, depth + 1)
    return SHARED if SHARED in found else UNKNOWN


def makes(node: ast.AST, module: Module) -> bool:
    """Tell whether an expression, or a function that it calls, makes a value anew."""
    return any(isinstance(one, ast.Call) and is_maker(one, module) for one in walk(node))


def is_maker(call: ast.Call, module: Module) -> bool:
    """Tell whether a call makes a value anew."""
    if is_named_maker(call, module):
        return True
    called = callee(call, module)
    return called is not None and makes_inside(called)


def is_named_maker(call: ast.Call, module: Module) -> bool:
    """Tell whether what is called is named like what makes a value anew."""
    name = module.qualify(call.func).rpartition(".")[2]
    if not name and isinstance(call.func, ast.Attribute):
        name = call.func.attr
    if name == "len" and call.args and isinstance(counted := call.args[0], ast.Name):
        # How many there are is a number for a new one; how long what the caller said is, is not.
        _, bindings = inference(module).scopes(module).lookup(counted)
        return not any(one.how == "parameter" for one in bindings)
    return MAKERS.search(name) is not None


def makes_inside(function: Function) -> bool:
    """Tell whether what a function of the project gives is made anew, or made with that."""
    kept: dict[ast.AST, bool] = function.module.notes.setdefault("makes anew", {})
    if function.node not in kept:
        kept[function.node] = False  # one that calls itself
        found = any(stems(one, makes, function.module) for one in returned(function))
        kept[function.node] = found
    return kept[function.node]


def stems(value: ast.expr, wanted: Source, module: Module, depth: int = 2) -> bool:
    """Tell whether a value has something in it, or is calculated from a name that has."""
    if wanted(value, module):
        return True
    infer = inference(module)
    for one in walk(value) if depth else ():
        if isinstance(one, ast.Name):
            _, bindings = infer.scopes(module).lookup(one)
            sources = [each.source for each in bindings if each.how in {"value", "item"}]
            if any(
                isinstance(e, ast.expr) and stems(e, wanted, module, depth - 1) for e in sources
            ):
                return True
    return False


def said(node: ast.AST, module: Module | None = None) -> bool:
    """Tell whether an expression is something that the client says, again for each connection."""
    if "sec-websocket-key" in ast.unparse(node).lower():
        return False
    return any(isinstance(one, ast.Attribute) and one.attr in SAID for one in walk(node))


def is_told(node: ast.AST, module: Module) -> bool:
    """Tell whether a function of the project gives what the client says of itself."""
    call = node.value if isinstance(node, ast.Await) else node
    called = callee(call, module) if isinstance(call, ast.Call) else None
    values = returned(called) if called else ()
    return called is not None and any(
        ".port" not in ast.unparse(one) and stems(one, said, called.module) for one in values
    )


def returned(function: Function) -> Iterator[ast.expr]:
    """Give what a function returns or yields."""
    for one in own_nodes(function.node):
        if isinstance(one, ast.Return | ast.Yield) and one.value:
            yield one.value


def is_address(node: ast.AST) -> bool:
    """Tell whether an expression is a client's address, without its port: `ws.client.host`."""
    text = ast.unparse(node)
    return ".client.host" in text and ".port" not in text


def of_name(name: ast.Name, module: Module, depth: int) -> str:
    """Follow a name to what gives it its value."""
    scope, bindings = inference(module).scopes(module).lookup(name)
    if not isinstance(scope, FunctionNode):
        return UNKNOWN
    found = set()
    for one in bindings:
        if one.how == "parameter" and isinstance(one.source, ast.arg):
            found.add(of_parameter(one.source, scope, module, depth))
        elif one.how in {"value", "item"}:
            found.add(of_value(one.source, module, depth))
        elif one.how != "annotation":
            found.add(UNKNOWN)
    return first_of((OWN, SHARED), found)


def first_of(wanted: Iterable[str], found: set[str]) -> str:
    """Give the first of some answers that was found."""
    return next((one for one in wanted if one in found), UNKNOWN)


def of_value(value: ast.AST, module: Module, depth: int) -> str:
    """Tell where a value comes from that a name was given."""
    if makes(value, module):
        return OWN
    kind = inference(module).kind(value, module)
    if isinstance(kind, Instance) and isinstance(value, ast.Call):
        # An object that is made here may have an id of its own.
        called = inference(module).kind(value.func, module)
        if isinstance(called, Class):
            return UNKNOWN
    return SHARED if said(value) else origin(value, module, depth)


def of_parameter(parameter: ast.arg, function: FunctionNode, module: Module, depth: int) -> str:
    """Tell what a parameter is given."""
    if any(one.function is function for one in endpoints(module)):
        return of_endpoint(parameter, function, module)
    if not calls_of(function, module):
        return SHARED if WHO.match(parameter.arg) else UNKNOWN
    # `origin` goes no deeper than DEPTH by itself.
    given = values_given(parameter.arg, function, module)
    return first_of((OWN, SHARED), {origin(one, file, depth + 1) for one, file in given})


def of_endpoint(parameter: ast.arg, function: FunctionNode, module: Module) -> str:
    """Tell what an endpoint's parameter is: part of the request, or of a dependency."""
    if CONNECTION.match(parameter.arg):
        return OWN
    default = next((value for one, value in parameters(function) if one is parameter), None)
    for call, annotation, place in depends(parameter, default, module):
        made = provided(call, annotation, place)
        if made and makes_inside(made):
            return OWN
    return SHARED


def of_attribute(node: ast.Attribute, module: Module, depth: int) -> str:
    """Tell where an attribute of an object comes from, if its class says so."""
    kind = inference(module).kind(node.value, module)
    if not isinstance(kind, Instance):
        return UNKNOWN
    values = inference(module).classes.values(kind.of, node.attr)
    if any(makes(one, kind.of.module) or has_maker(one) for one in values):
        return OWN
    if any(map(said, values)):
        return SHARED
    found = {origin(one, file, depth) for one, file in given_to(kind.of, node.attr, values)}
    return first_of((OWN, SHARED), found)


def has_maker(node: ast.AST) -> bool:
    """Tell whether the default factory of a field makes a value anew."""
    keywords = node.keywords if isinstance(node, ast.Call) else []
    made = (ast.unparse(one.value) for one in keywords if one.arg == "default_factory")
    return any(MAKERS.search(one.rpartition(".")[2]) for one in made)


def given_to(of: Class, attr: str, values: list[ast.AST]) -> Iterator[tuple[ast.expr, Module]]:
    """Give what the calls of a class give for an attribute that its objects keep as it is."""
    names = fields(of.node)
    kept = [one.id for one in values if isinstance(one, ast.Name)]
    name = next((one for one in (*kept, attr) if one in names), None)
    if name is None:
        return
    for file in dict.fromkeys([of.module, *files_around(of.module).near(of.module)]):
        for call in file.every(ast.Call) if of.name in file.text else ():
            if ast.unparse(call.func).rpartition(".")[2] != of.name:
                continue
            named = [one.value for one in call.keywords if one.arg == name]
            yield from ((one, file) for one in (named or call.args[names.index(name) :])[:1])


def fields(node: ast.ClassDef) -> list[str]:
    """Name what a class is called with: the parameters of its `__init__`, or its fields."""
    for one in node.body:
        if isinstance(one, ast.FunctionDef) and one.name == "__init__":
            return [parameter.arg for parameter, _ in parameters(one)][1:]
    noted = (one.target for one in node.body if isinstance(one, ast.AnnAssign))
    return [one.id for one in noted if isinstance(one, ast.Name)]
