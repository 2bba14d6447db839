"""A method of Starlette's WebSocket is used on a Connection, which has none of them.

A `Connection` has `send`, `receive` and `async for`; headers, query parameters and cookies are
those of `conn.http`. Anything else raises `AttributeError`, and the client is closed with 1011.

Wrong:

```python
from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def echo(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send_text(text)
```

Right:

```python
from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def echo(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(text)
```

Not reported: an object of yours that has such methods; a `WebSocket` that is named `conn`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from holdfast.check.code.edits import replace
from holdfast.check.code.module import Module
from holdfast.check.facts.ours import concerned, is_connection
from holdfast.check.finding import Fix
from holdfast.check.rules.rule import Problem, Rule

# What to write instead; an empty text where that is not one name.
METHODS = {
    "send_text": "send",
    "send_bytes": "send",
    "send_json": "send",
    "receive_text": "receive",
    "receive_bytes": "receive",
    "receive_json": "receive",
    "iter_text": "",
    "iter_bytes": "",
    "iter_json": "",
    "send_denial_response": "",
}
OF_HTTP = {
    "app", "base_url", "client", "cookies", "headers", "path_params", "query_params",
    "session", "url", "url_for",
}  # fmt: skip
STATES = {"application_state", "client_state"}
# These mean the same for whatever type the messages have.
SAME = {"send_text", "send_bytes", "receive_text", "receive_bytes"}


def find(module: Module) -> Iterator[Problem]:
    """Find attributes of a Connection that only a WebSocket has."""
    if not concerned(module):
        return
    names = METHODS.keys() | OF_HTTP | STATES
    for node in module.every(ast.Attribute):
        if node.attr in names and isinstance(node.ctx, ast.Load):
            if is_connection(node.value, module):
                message = f"A Connection has no `{node.attr}`: {instead(node.attr)}"
                yield Problem(node, message, fix(node, module))


def instead(name: str) -> str:
    """Say what to write."""
    if name in OF_HTTP:
        return f"write `conn.http.{name}`"
    if name in STATES:
        return "ask `conn.closed`"
    if name.startswith("iter_"):
        return "write `async for message in conn`"
    return f"write `await conn.{METHODS[name]}(...)`" if METHODS[name] else "raise HTTPException"


def fix(node: ast.Attribute, module: Module) -> Fix | None:
    """Put the other name there; a Connection that is iterated needs none."""
    owner = module.text_of(node.value) or ast.unparse(node.value)
    if node.attr in OF_HTTP:
        return Fix("Ask the handshake", (replace(node, f"{owner}.http.{node.attr}", module),))
    call = module.parents[node]
    if node.attr.startswith("iter_") and isinstance(call, ast.Call):
        return Fix("Iterate over the connection", (replace(call, owner, module),), safe=False)
    if method := METHODS.get(node.attr):
        edit = replace(node, f"{owner}.{method}", module)
        return Fix(f"Write `{method}`", (edit,), safe=node.attr in SAME)
    return None


RULE = Rule(
    "WSK904",
    "websocket-api-on-connection",
    "error",
    "Use `send`, `receive` and `async for`; headers and the like are in `conn.http`",
    __doc__ or "",
    find,
    "safe",
)
