"""Which functions of a file run in threads: endpoints and dependencies that are no coroutines, and
what is handed to a thread.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.kinds import Function, inference
from holdfast.check.code.module import Module
from holdfast.check.facts.ours import handlers
from holdfast.check.facts.routes import framework_of

HTTP = {"get", "post", "put", "delete", "patch", "head", "options", "api_route", "route"}
# Calls that run a function in a thread, and where among their arguments it stands.
STARTERS = {
    "to_thread": 0,
    "run_in_executor": 1,
    "run_in_threadpool": 0,
    "run_sync": 0,
    "submit": 0,
    "add_task": 0,
    "BackgroundTask": 0,
    "Depends": 0,
    "Thread": 1,
    "Timer": 1,
}
NAMED = {"target", "func", "function", "dependency"}


def in_threads(module: Module) -> set[ast.AST]:
    """Give the functions and lambdas of a file that run in a thread."""
    found: set[ast.AST] = set()
    for function in module.every(ast.FunctionDef):
        if any(is_http(one, module) for one in function.decorator_list):
            found.add(function)
    for handler in handlers(module):
        if handler.how == "stream" and isinstance(handler.function, ast.FunctionDef):
            found.add(handler.function)
    for call in module.every(ast.Call):
        found.update(handed_to_thread(call, module))
    return found


def is_http(decorator: ast.expr, module: Module) -> bool:
    """Tell whether a decorator makes an HTTP endpoint."""
    if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
        return False
    owner = decorator.func.value
    return decorator.func.attr in HTTP and framework_of(owner, module) in {"fastapi", "starlette"}


def handed_to_thread(call: ast.Call, module: Module) -> Iterator[ast.AST]:
    """Give the plain function of this file that a call runs in a thread."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else module.qualify(call.func)
    place = STARTERS.get(name.rpartition(".")[2])
    if place is None:
        return
    given = [*call.args[place : place + 1]]
    given += [one.value for one in call.keywords if one.arg in NAMED]
    for one in given:
        if isinstance(one, ast.Lambda):
            yield one
            continue
        kind = inference(module).kind(one, module)
        if isinstance(kind, Function) and kind.module is module and not kind.is_async:
            yield kind.node
