"""How many processes a program asks a server for, and to run which application."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.constants import bindings_of
from holdfast.check.code.kinds import Instance, Made, inference
from holdfast.check.code.module import Module, walk
from holdfast.check.facts.sockets import callee_name

STARTS = {"uvicorn.run", "uvicorn.Config", "uvicorn.config.Config", "uvicorn.main.run",
          "granian.Granian", "granian.server.Granian"}  # fmt: skip
HYPERCORN = {"hypercorn.config.Config", "hypercorn.Config"}
SERVERS = {"uvicorn", "gunicorn", "hypercorn", "granian"}
COMMAND = re.compile(r"\b(?:uvicorn|gunicorn|hypercorn|granian)\s.*(?:--workers|-w)[ =](\d+)")
RUNS = re.compile(
    r"^(subprocess\.\w+|os\.(system|popen|exec\w+|spawn\w+)|asyncio\.create_subprocess_\w+)$"
)
APP = re.compile(r"[\w.]+:\w+")
DEPTH = 3


def asked_for(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Give the settings that ask for several workers, and the application that they are for."""
    if module.path.name.startswith("gunicorn"):
        named = {name: node for node in module.tree.body for name in assigned(node)}
        number = named.get("workers")
        if isinstance(number, ast.Assign | ast.AnnAssign) and several(number.value, module):
            served = named.get("wsgi_app")
            yield number, text_of(served.value, module) if isinstance(served, ast.Assign) else ""
        return
    if "workers" not in module.text:
        return
    yield from of_calls(module)
    yield from of_hypercorn(module)
    if "worker_class" in module.text:
        yield from of_gunicorn(module)


def of_calls(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Find servers that are started with several workers, and commands that start one so."""
    for call in module.every(ast.Call):
        name = callee_name(call, module)
        if name in STARTS:
            given = settings(call, module)
            number = given.get("workers")
            if number is not None and several(number, module) and not is_reloaded(given):
                if app := text_of(target(call, given), module):
                    is_here = any(one is call for one in module.ancestors(number))
                    yield number if is_here else call, app
        elif RUNS.match(name) and (app := of_command(call)):
            yield call, app


def settings(call: ast.Call, module: Module) -> dict[str, ast.expr]:
    """Give what a call is given by name, be it from a dictionary: `run(app, **options)`."""
    found: dict[str, ast.expr] = {}
    for keyword in call.keywords:
        if keyword.arg:
            found[keyword.arg] = keyword.value
        else:
            found.update(of_dictionary(keyword.value, module))
    return found


def of_dictionary(value: ast.expr, module: Module) -> Iterator[tuple[str, ast.expr]]:
    """Give what a dictionary says by name, if it is written out, or a name of one that is."""
    if isinstance(value, ast.Name):
        bindings, module = bindings_of(value, module)
        source = bindings[0].source if len(bindings) == 1 else None
        if not isinstance(source, ast.Dict | ast.Call):
            return
        value = source
    if isinstance(value, ast.Dict):
        for key, one in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, one
    elif isinstance(value, ast.Call) and module.qualify(value.func) == "dict":
        yield from ((one.arg, one.value) for one in value.keywords if one.arg)


def of_command(call: ast.Call) -> str:
    """Give the application that a command runs with several workers; nothing if it does not."""
    texts = [
        one.value
        for one in walk(call)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    line = " ".join(texts)
    found = COMMAND.search(line)
    if found is None or int(found[1]) < 2 or "--reload" in line:
        return ""
    app = APP.search(line)
    return app[0] if app else ""


def of_gunicorn(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Find the settings of a gunicorn that a program runs itself; it imports what is served."""
    for node in module.every(ast.Dict):
        given = dict(of_dictionary(node, module))
        if "worker_class" in given and several(given.get("workers"), module):
            yield given["workers"], f"{module.path.stem}:app"


def of_hypercorn(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Find `config.workers = 4` of hypercorn, and the path of its application."""
    if "hypercorn" not in module.text:
        return
    for node in module.every(ast.Assign):
        goal = node.targets[0]
        if isinstance(goal, ast.Attribute) and goal.attr == "workers":
            kind = inference(module).kind(goal.value, module)
            if isinstance(kind, Made) and kind.name in HYPERCORN and several(node.value, module):
                path = f"{ast.unparse(goal.value)}.application_path"
                paths = (
                    text_of(one.value, module)
                    for one in module.every(ast.Assign)
                    if ast.unparse(one.targets[0]) == path
                )
                if app := next(paths, ""):
                    yield node, app


def is_reloaded(given: dict[str, ast.expr]) -> bool:
    """Tell whether the server reloads, with which it has one process whatever is asked for."""
    reload = given.get("reload")
    if reload is None or isinstance(given["workers"], ast.IfExp):
        return False  # one process while it reloads, and several elsewhere
    return not isinstance(reload, ast.Constant) or bool(reload.value)


def assigned(node: ast.stmt) -> list[str]:
    """Name what a statement gives a value."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
    return [one.id for one in targets if isinstance(one, ast.Name)]


def target(call: ast.Call, given: dict[str, ast.expr]) -> ast.expr | None:
    """Give the argument that says which application is run."""
    named = [given[one] for one in ("app", "target") if one in given]
    return next(iter([*call.args[:1], *named]), None)


def text_of(node: ast.expr | None, module: Module) -> str:
    """Give a text that stands there literally; `f"{__name__}:app"` is of the file itself."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return f"{module.path.stem}:app" if isinstance(node, ast.JoinedStr) else ""


def several(value: ast.AST | None, module: Module, depth: int = 0) -> bool:
    """Tell whether a number of workers is more than one for sure."""
    if isinstance(value, ast.Constant):
        number = value.value
        if isinstance(number, str):
            return number.isdecimal() and int(number) > 1
        return isinstance(number, int) and number > 1
    if isinstance(value, ast.Name | ast.Attribute) and depth < DEPTH:
        sources, where = values_of(value, module)
        return len(sources) == 1 and several(sources[0], where, depth + 1)
    if isinstance(value, ast.IfExp):
        return any(several(one, module, depth + 1) for one in (value.body, value.orelse))
    if isinstance(value, ast.BinOp | ast.BoolOp | ast.Call):
        return counts_cpus(value, module) or of_environment(value, module)
    return False


def values_of(node: ast.Name | ast.Attribute, module: Module) -> tuple[list[ast.AST], Module]:
    """Give the values of a name, or of the setting that an object has by default."""
    if isinstance(node, ast.Attribute):
        kind = inference(module).kind(node.value, module)
        if isinstance(kind, Instance):
            values = inference(module).classes.values(kind.of, node.attr)
            given = (one.keywords for one in module.every(ast.Call))
            is_set = any(
                one.arg == node.attr for each in given for one in each if one.value is not node
            )
            return ([] if is_set else values), kind.of.module
    bindings, where = bindings_of(node, module)
    found = [one.source for one in bindings if one.how != "annotation"]
    return (found if all(one.how in {"value", "annotation"} for one in bindings) else []), where


def counts_cpus(value: ast.expr, module: Module) -> bool:
    """Tell whether there is a worker for each CPU."""
    calls = (one for one in walk(value) if isinstance(one, ast.Call))
    names = [module.qualify(one.func).rpartition(".")[2] for one in calls]
    return "cpu_count" in names and "min" not in names


def of_environment(value: ast.expr, module: Module) -> bool:
    """Tell whether the default of an environment variable is more than one."""
    if isinstance(value, ast.Call):
        name = module.qualify(value.func)
        if name == "int" and value.args:
            return of_environment(value.args[0], module)
        if name in {"os.getenv", "os.environ.get"} and len(value.args) > 1:
            return several(value.args[1], module, 1)
    return False
