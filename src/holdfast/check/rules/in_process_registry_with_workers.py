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
own starts none), granian, hypercorn's `Config`, gunicorn's settings in Python, and commands that a
program runs. Not reported: a number of workers that the text does not tell; an application that
imports something which carries messages between processes, such as Redis, a message queue or
Holdfast; a registry whose connections are told nothing, such as one that is there to close them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.kinds import files_around
from holdfast.check.code.module import FunctionNode, Module
from holdfast.check.facts.broadcasts import broadcasts
from holdfast.check.facts.registries import Place, changes
from holdfast.check.facts.routes import endpoints, is_websocket_endpoint, routes
from holdfast.check.facts.sockets import is_peer, operation
from holdfast.check.facts.workers import asked_for
from holdfast.check.rules.rule import Problem, Rule

CARRIERS = {
    "aio_pika", "aiokafka", "aiomqtt", "aioredis", "aioredis_cluster", "asyncpg", "asyncpg_listen",
    "broadcaster", "celery", "channels_redis", "confluent_kafka", "coredis", "fastapi_mqtt",
    "fastapi_websocket_pubsub", "faststream", "gmqtt", "holdfast", "kafka", "kombu", "nats", "paho",
    "pika", "psycopg", "psycopg2", "pulsar", "rabbitmq", "redis", "socketio", "valkey", "zmq",
}  # fmt: skip
PUTS = {"put_nowait", "put", "append", "publish"}
# Where an application is that gunicorn is told of by its command alone.
USUAL = ("main", "app", "app.main", "src.main", "server", "api", "asgi", "app.app", "backend.main")
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


def application(app: str, module: Module) -> list[Module]:
    """Give the files of an application: those that its own file imports, and so on."""
    start = files_around(module).module_named(module, app.partition(":")[0]) if app else None
    if start is None and app:
        start = module if app.partition(":")[0].endswith((module.path.stem, "__main__")) else None
        start = start or (module if serves(module) else None)
    if start is None:
        named = (files_around(module).module_named(module, one) for one in USUAL)
        start = next((one for one in named if one), None) if not app else None
    return imported([start]) if start else []


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
        change.action == "add" and is_of_process(change.place)
        for function in functions
        for change in changes(function, module)
    )


def is_of_process(place: Place) -> bool:
    """Tell whether a collection belongs to a file, a class or the application."""
    return isinstance(place.owner, ast.Module | ast.ClassDef) or "app.state." in place.name


def talks_to_peers(module: Module) -> bool:
    """Tell whether a file does more with one of many connections than to close it."""
    if broadcasts(module):
        return True
    for call in module.every(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr != "close":
            is_done = isinstance(module.parents[call], ast.Await) or call.func.attr in PUTS
            if (is_done or operation(call, module) == "send") and is_peer(call.func.value, module):
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
