"""What is most likely a WebSocket, though no annotation says so: by its name and its use."""

from __future__ import annotations

import ast
from collections import defaultdict

from holdfast.check.code.kinds import Container, Socket
from holdfast.check.code.module import Comprehension, Module, Scope

LIKELY = {"websocket", "ws", "socket", "sock", "web_socket", "websock", "client_ws", "_websocket",
          "_ws", "user_ws", "peer_ws", "ws_conn", "websocket_connection"}  # fmt: skip
# Methods that no other library's WebSocket has.
STARLETTE = {"send_text", "receive_text", "iter_text", "iter_json", "iter_bytes"}
SHARED = STARLETTE | {"send_json", "send_bytes", "receive_json", "receive_bytes", "accept"}
# Methods that no WebSocket has: what has them keeps WebSockets, whatever its name.
KEEPS = {
    "connect", "disconnect", "broadcast", "register", "unregister", "join", "leave", "add",
    "subscribe", "unsubscribe", "publish", "notify",
}  # fmt: skip
# Packages whose WebSockets have other methods, or the same with another meaning.
FOREIGN = {
    "aiohttp", "blacksheep", "channels", "daphne", "gevent", "geventwebsocket", "httpx_ws",
    "litestar", "picows", "quart", "robyn", "sanic", "simple_websocket", "socketio", "tornado",
    "trio_websocket", "websocket", "websockets", "wsproto", "autobahn", "flask_sock", "falcon",
}  # fmt: skip
COPIES = {"list", "tuple", "set", "frozenset", "sorted", "reversed", "enumerate", "dict", "iter"}
EMPTY = {"list", "tuple", "set", "frozenset", "dict"}


def socket(node: ast.Name, scope: ast.AST, module: Module) -> Socket | None:
    """Guess whether a name, of which nothing is known, is a WebSocket."""
    return (
        Socket(certain=False) if plausible(node.id, used(node.id, scope, module), module) else None
    )


def socket_attribute(node: ast.Attribute, module: Module) -> Socket | None:
    """Guess whether an attribute, of which nothing is known, is a WebSocket."""
    kept: dict[str, Socket | None] = module.notes.setdefault("socket attributes", {})
    if node.attr not in kept:
        found = telling(module).get(node.attr, ())
        methods = {one.attr for one in found if isinstance(one.value, ast.Attribute)}
        is_likely = plausible(node.attr, methods, module) and node.attr not in keepers(module)
        kept[node.attr] = Socket(certain=False) if is_likely else None
    return kept[node.attr]


def plausible(name: str, methods: set[str], module: Module) -> bool:
    """Tell whether something with this name, whose methods are used so, is a WebSocket."""
    if not methods.isdisjoint(STARLETTE) and not is_foreign(module, {"httpx_ws"}):
        return True
    if is_foreign(module, FOREIGN):
        return False
    is_used = not methods.isdisjoint(SHARED)
    return (name.lower() in LIKELY and (module.uses_framework or is_used)) or (
        is_used and module.uses_framework
    )


def used(name: str, scope: ast.AST, module: Module) -> set[str]:
    """Give the methods of a name that are called within a scope, as far as they tell."""
    if "used" not in module.notes:
        table: dict[tuple[ast.AST, str], set[str]] = defaultdict(set)
        for each, found in telling(module).items():
            for one in found:
                for around in module.ancestors(one):
                    if isinstance(around, Scope | Comprehension):
                        table[around, each].add(one.attr)
        module.notes["used"] = table
    kept: dict[tuple[ast.AST, str], set[str]] = module.notes["used"]
    return kept.get((scope, name), set())


def keepers(module: Module) -> set[str]:
    """Name the attributes that have methods of something that keeps WebSockets."""
    if "keepers" not in module.notes:
        module.notes["keepers"] = {
            one.value.attr
            for one in module.every(ast.Attribute)
            if one.attr in KEEPS and isinstance(one.value, ast.Attribute)
        }
    found: set[str] = module.notes["keepers"]
    return found


def telling(module: Module) -> dict[str, list[ast.Attribute]]:
    """Give the uses of methods that tell a WebSocket, under the last name before the method."""
    if "telling" not in module.notes:
        table: dict[str, list[ast.Attribute]] = defaultdict(list)
        for node in module.every(ast.Attribute):
            if node.attr in SHARED and isinstance(node.value, ast.Name | ast.Attribute):
                before = node.value
                table[before.id if isinstance(before, ast.Name) else before.attr].append(node)
        module.notes["telling"] = table
    found: dict[str, list[ast.Attribute]] = module.notes["telling"]
    return found


def is_foreign(module: Module, packages: set[str]) -> bool:
    """Tell whether a file imports one of these packages."""
    if "packages" not in module.notes:
        module.notes["packages"] = {name.partition(".")[0] for name in module.imports.values()}
    return not packages.isdisjoint(module.notes["packages"])


def empty(factory: ast.expr) -> Container | None:
    """Tell what a factory makes: `defaultdict(list)`, `defaultdict(lambda: defaultdict(set))`."""
    if isinstance(factory, ast.Lambda):
        body = factory.body
        return empty(body.func) if isinstance(body, ast.Call) else None
    name = factory.id if isinstance(factory, ast.Name) else ""
    if name in EMPTY:
        return Container(name)
    return Container("dict") if name == "defaultdict" else None
