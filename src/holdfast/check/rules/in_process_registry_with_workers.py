"""Several worker processes, and connections that each of them knows only its own of.

Every worker imports the application for itself, and so has a registry of its own. A client lands in
any of them; a broadcast reaches those in the same process. With four workers three messages in four
are lost, without an error. It works in development, where there is one process.

Wrong:

```python
import asyncio

import uvicorn
from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


async def tell(text: str) -> None:
    for client in list(clients):
        try:
            await asyncio.wait_for(client.send_text(text), 1)
        except Exception:
            clients.discard(client)


@app.websocket("/ws")
async def chat(websocket: WebSocket) -> None:
    await websocket.accept()
    clients.add(websocket)
    try:
        async for text in websocket.iter_text():
            await tell(text)
    finally:
        clients.discard(websocket)


if __name__ == "__main__":
    uvicorn.run("program:app", workers=4)
```

Right:

```python
import asyncio

import uvicorn
from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


async def tell(text: str) -> None:
    for client in list(clients):
        try:
            await asyncio.wait_for(client.send_text(text), 1)
        except Exception:
            clients.discard(client)


@app.websocket("/ws")
async def chat(websocket: WebSocket) -> None:
    await websocket.accept()
    clients.add(websocket)
    try:
        async for text in websocket.iter_text():
            await tell(text)
    finally:
        clients.discard(websocket)


if __name__ == "__main__":
    uvicorn.run("program:app", workers=1)
```

Looked at are `uvicorn.run`, uvicorn's `Config` (which asks for workers, although a `Server` of its
own starts none), granian, and gunicorn's settings in Python. Not reported: a number of workers that
the text does not tell; an application that imports something which carries messages between
processes, such as Redis, a message queue or Holdfast; a registry whose connections are told
nothing, such as one that is there to close them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.kinds import files_around, inference
from holdfast.check.code.module import FunctionNode, Module, walk
from holdfast.check.facts.broadcasts import broadcasts
from holdfast.check.facts.registries import changes
from holdfast.check.facts.routes import endpoints, is_websocket_endpoint, routes
from holdfast.check.facts.sockets import callee_name, is_peer
from holdfast.check.rules.rule import Problem, Rule

STARTS = {"uvicorn.run", "uvicorn.Config", "uvicorn.config.Config", "uvicorn.main.run",
          "granian.Granian", "granian.server.Granian"}  # fmt: skip
CARRIERS = {
    "aio_pika", "aiokafka", "aiomqtt", "aioredis", "aioredis_cluster", "asyncpg", "asyncpg_listen",
    "broadcaster", "celery", "channels_redis", "confluent_kafka", "coredis", "fastapi_mqtt",
    "fastapi_websocket_pubsub", "faststream", "gmqtt", "holdfast", "kafka", "kombu", "nats", "paho",
    "pika", "psycopg", "psycopg2", "pulsar", "rabbitmq", "redis", "socketio", "valkey", "zmq",
}  # fmt: skip
PUTS = {"put_nowait", "put", "append", "publish"}
MANY = 300  # files of one application that are looked at


def find(module: Module) -> Iterator[Problem]:
    """Find where more than one worker is asked for."""
    for where, app in asked_for(module):
        files = application(app, module)
        if not any(keeps_connections(one) for one in files) or any(map(carries, files)):
            continue
        if any(talks_to_peers(one) for one in files):
            message = "Each worker has a registry of its own: a broadcast reaches one process"
            yield Problem(where, message)


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
    for call in module.every(ast.Call):
        for keyword in call.keywords:
            if keyword.arg == "workers" and several(keyword.value, module):
                if callee_name(call, module) in STARTS and (app := text_of(target(call), module)):
                    if not is_reloaded(call):
                        yield keyword.value, app


def is_reloaded(call: ast.Call) -> bool:
    """Tell whether the server reloads, with which it has one process whatever is asked for."""
    given = (one.value for one in call.keywords if one.arg == "reload")
    return any(not isinstance(one, ast.Constant) or one.value for one in given)


def assigned(node: ast.stmt) -> list[str]:
    """Name what a statement gives a value."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
    return [one.id for one in targets if isinstance(one, ast.Name)]


def target(call: ast.Call) -> ast.expr | None:
    """Give the argument that says which application is run."""
    named = [one.value for one in call.keywords if one.arg in {"app", "target"}]
    return next(iter([*call.args[:1], *named]), None)


def text_of(node: ast.expr | None, module: Module) -> str:
    """Give a text that stands there literally; `f"{__name__}:app"` is of the file itself."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return f"{module.path.stem}:app" if isinstance(node, ast.JoinedStr) else ""


def several(value: ast.expr | None, module: Module, depth: int = 0) -> bool:
    """Tell whether a number of workers is more than one for sure."""
    if isinstance(value, ast.Constant):
        number = value.value
        if isinstance(number, str):
            return number.isdecimal() and int(number) > 1
        return isinstance(number, int) and number > 1
    if isinstance(value, ast.Name) and depth == 0:
        _, bindings = inference(module).scopes(module).lookup(value)
        sources = [one.source for one in bindings if one.how == "value"]
        is_one = len(bindings) == 1 and len(sources) == 1 and isinstance(sources[0], ast.expr)
        return is_one and several(sources[0], module, 1)  # type: ignore[arg-type]
    if isinstance(value, ast.BinOp | ast.BoolOp | ast.Call):
        return counts_cpus(value, module) or of_environment(value, module)
    return False


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


def application(app: str, module: Module) -> list[Module]:
    """Give the files of an application: those that its own file imports, and so on."""
    start = files_around(module).module_named(module, app.partition(":")[0]) if app else None
    if start is None and app:
        start = module if app.partition(":")[0].endswith((module.path.stem, "__main__")) else None
        start = start or (module if serves(module) else None)
    if start is None:
        folder = module.path.parent
        found = [
            one for one in files_around(module).near(module) if one.path.is_relative_to(folder)
        ]
        return imported(found or [module]) if not app else []
    return imported([start])


def imported(start: list[Module]) -> list[Module]:
    """Follow the imports of files within the project."""
    files = dict.fromkeys(start)
    waiting = list(start)
    while waiting and len(files) < MANY:
        module = waiting.pop()
        for name in {*module.imports.values(), *module.star_imports}:
            for dotted in (name, name.rpartition(".")[0]):
                other = (
                    files_around(module).module_named(module, dotted) if dotted.strip(".") else None
                )
                if other and other not in files:
                    files[other] = None
                    waiting.append(other)
    return list(files)


def serves(module: Module) -> bool:
    """Tell whether a file has endpoints, be they classes."""
    return bool(routes(module)) or any(True for _ in methods(module))


def methods(module: Module) -> Iterator[FunctionNode]:
    """Give the methods of a file's endpoint classes."""
    for node in module.every(ast.ClassDef):
        if node.bases and is_websocket_endpoint(node, module):
            yield from (one for one in node.body if isinstance(one, FunctionNode))


def keeps_connections(module: Module) -> bool:
    """Tell whether an endpoint of a file puts connections into a collection of the process."""
    functions = [*(one.function for one in endpoints(module)), *methods(module)]
    return any(
        change.action == "add" and isinstance(change.place.owner, ast.Module | ast.ClassDef)
        for function in functions
        for change in changes(function, module)
    )


def talks_to_peers(module: Module) -> bool:
    """Tell whether a file does more with one of many connections than to close it."""
    if broadcasts(module):
        return True
    for call in module.every(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr != "close":
            is_done = isinstance(module.parents[call], ast.Await) or call.func.attr in PUTS
            if is_done and is_peer(call.func.value, module):
                return True
    return False


def carries(module: Module) -> bool:
    """Tell whether a file imports what carries messages between processes."""
    roots = {name.partition(".")[0] for name in module.imports.values()}
    return bool(roots & CARRIERS) or "pubsub" in module.text.lower()


RULE = Rule(
    code="WSK313",
    name="in-process-registry-with-workers",
    severity="warning",
    help="Run one worker, or carry messages between them: through Redis, or with Holdfast",
    explanation=__doc__ or "",
    find=find,
)
