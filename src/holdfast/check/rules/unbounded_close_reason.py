"""A close reason may be longer than a close frame takes.

A reason has at most 123 bytes. For a longer one uvicorn raises `ProtocolError: control frame too
long`: the client sees 1006 without a reason, and the log shows that error in the place of the one
that was to be told. With wsproto the reason is cut.

Wrong:

```python
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        number = int(await websocket.receive_text())
    except ValueError as error:
        await websocket.close(code=1003, reason=str(error))
        return
    await websocket.send_text(str(number + 1))
    await websocket.close()
```

Right:

```python
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        number = int(await websocket.receive_text())
    except WebSocketDisconnect:
        return
    except ValueError:
        await websocket.close(code=1003, reason="not a number")
        return
    await websocket.send_text(str(number + 1))
    await websocket.close()
```

Not reported: what is cut (`str(error)[:100]`); constants of up to 123 bytes; the name of an
exception's class, an enum's value, and the text of exceptions that is always short; a close before
the handshake is accepted, of which no reason is sent.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from holdfast.check.code.edits import insert_after, insert_before
from holdfast.check.code.kinds import inference
from holdfast.check.code.module import FunctionNode, Module
from holdfast.check.code.spelling import last_name
from holdfast.check.facts.closings import closings, closings_by_call
from holdfast.check.facts.routes import endpoints
from holdfast.check.facts.sockets import uses
from holdfast.check.finding import Edit, Fix
from holdfast.check.flow import Event, trace
from holdfast.check.flow.exceptions import type_names
from holdfast.check.rules.rule import Problem, Rule

LIMIT = 123
CUT = '.encode()[:123].decode(errors="ignore")'
# Their texts are short, whatever a client sends.
SHORT = {"WebSocketDisconnect", "TimeoutError", "CancelledError", "JSONDecodeError", "QueueFull",
         "QueueEmpty", "StopIteration", "UnicodeDecodeError", "ZeroDivisionError"}  # fmt: skip
# What a parameter is called that is an exception, though no annotation says so.
NAMES = {"e", "ex", "exc", "exception"}
SAME_LENGTH = {"strip", "lower", "upper", "title", "capitalize"}
TEXTS = {"detail", "message", "msg", "args", "error", "errors", "json", "description"}
EXCEPTIONS = {name for name, one in vars(builtins).items()
              if isinstance(one, type) and issubclass(one, BaseException)}  # fmt: skip


def find(module: Module) -> Iterator[Problem]:
    """Find reasons that are too long, or tell an exception in full."""
    for closing in (*closings(module), *closings_by_call(module)):
        reason = closing.reason
        if reason is None or (why := too_long(reason, module)) is None:
            continue
        if not may_arrive(closing.node, module):
            continue
        message = f"A close reason has at most {LIMIT} bytes, and {why}"
        yield Problem(reason, message, Fix(f"Cut it to {LIMIT} bytes", cut(reason, module)))


def may_arrive(node: ast.AST, module: Module) -> bool:
    """Tell whether a connection may be accepted where it is closed: before, no reason is sent."""
    raised = isinstance(module.statement_of(node), ast.Raise)
    places = {node, module.statement_of(node)}
    found = [one for one in followed(module) if one.inner in places or one.node is node]
    if not found:
        # An exception that no endpoint of the file is seen to raise may be a dependency's.
        function = module.function_of(node)
        return not raised or (function is not None and accepts(function, module))
    return any(state.accepted is not False for one in found for state in one.states)


def accepts(function: FunctionNode, module: Module) -> bool:
    """Tell whether a function, or what it calls, accepts a connection."""
    return any(one.operation == "accept" for one in uses(function, module))


def followed(module: Module) -> list[Event]:
    """Give what the endpoints of a file do to end a connection."""
    traces = [trace(one) for one in endpoints(module)]
    return [event for one in traces for event in one.of("close", "raise", "send")]


def too_long(reason: ast.expr, module: Module) -> str | None:
    """Say why a reason may be too long."""
    value = value_of(reason, module)
    if (size := least(value, module)) > LIMIT:
        return f"this has {size}" if isinstance(value, ast.Constant) else f"this has {size} or more"
    told = next((one for one in pieces(value) if tells_exception(one, module)), None)
    return f"`{ast.unparse(told)}` may be longer" if told else None


def least(node: ast.expr, module: Module) -> int:
    """Count the bytes that a text has at least, by its constant parts."""
    match node:
        case ast.Constant(value=str(text)):
            return len(text.encode(errors="replace"))
        case ast.JoinedStr(values=values):
            return sum(least(one, module) for one in values)
        case ast.BinOp(op=ast.Add()):
            return least(node.left, module) + least(node.right, module)
        case ast.BinOp(op=ast.Mult(), right=ast.Constant(value=int(times))):
            return least(node.left, module) * times
        case ast.IfExp():
            return min(least(node.body, module), least(node.orelse, module))
    return 0


def value_of(reason: ast.expr, module: Module) -> ast.expr:
    """Follow a name to its value, if it has only one."""
    if isinstance(reason, ast.Name):
        _, bindings = inference(module).scopes(module).lookup(reason)
        values = [one.source for one in bindings if one.how != "annotation"]
        if len(values) == 1 and bindings[-1].how == "value" and isinstance(values[0], ast.expr):
            return values[0]
    return reason


def pieces(node: ast.expr) -> Iterator[ast.expr]:
    """Give the expressions whose whole text may be, or may be part of, another one's text."""
    inner = inside(node)
    if not inner:
        yield node
    for one in inner:
        yield from pieces(one)


def inside(node: ast.expr) -> list[ast.expr]:
    """Give the expressions that make up the text of another one."""
    match node:
        case ast.JoinedStr(values=values):
            made = [one for one in values if isinstance(one, ast.FormattedValue)]
            return [one.value for one in made if one.format_spec is None]
        case ast.BinOp(op=ast.Add() | ast.Mod()):
            return [node.left, node.right]
        case ast.Tuple(elts=inner) | ast.BoolOp(values=inner):
            return inner
        case ast.IfExp():
            return [node.body, node.orelse]
        case ast.Call(func=ast.Attribute(attr="format", value=ast.Constant())):
            return [*node.args, *(one.value for one in node.keywords)]
        case (
            ast.Call(func=ast.Name(id="str" | "repr")) | ast.Call(func=ast.Attribute(attr="dumps"))
        ):
            return node.args[:1]
        case ast.Call(func=ast.Attribute(attr=attr, value=value)) if attr in SAME_LENGTH:
            return [value]
    return []


def tells_exception(node: ast.expr, module: Module) -> bool:
    """Tell whether an expression is an exception, or the part of one that may be long."""
    if isinstance(node, ast.Call):
        if module.qualify(node.func) == "traceback.format_exc":
            return True
        node = node.func
    if isinstance(node, ast.Subscript):
        node = node.value
        if not (isinstance(node, ast.Attribute) and node.attr == "args"):
            return False
    if isinstance(node, ast.Attribute) and node.attr in TEXTS:
        node = node.value
    return isinstance(node, ast.Name) and is_exception(node, module)


def is_exception(name: ast.Name, module: Module) -> bool:
    """Tell whether a name is an exception whose text may be long."""
    scopes = inference(module).scopes(module)
    for parent in module.ancestors(name):
        if isinstance(parent, ast.ExceptHandler) and parent.name == name.id:
            caught = list(type_names(parent.type, module)) if parent.type else ["Exception"]
            return not set(caught) <= SHORT
        if isinstance(parent, FunctionNode):
            break
    _, bindings = scopes.lookup(name)
    for one in bindings:
        if isinstance(one.source, ast.arg):
            annotation = one.source.annotation
            if annotation is None:
                return name.id in NAMES and not isinstance(module.parents[name], ast.keyword)
            return is_exception_type(annotation, module)
    return False


def is_exception_type(annotation: ast.expr, module: Module) -> bool:
    """Tell whether an annotation means an exception, by its name."""
    name = module.qualify(annotation).rpartition(".")[2]
    return name in EXCEPTIONS - SHORT or (
        name.endswith(("Error", "Exception")) and name not in SHORT
    )


def cut(reason: ast.expr, module: Module) -> tuple[Edit, ...]:
    """Cut a reason to what fits, without breaking a character."""
    if is_text(reason):
        return (insert_after(reason, CUT, module),)
    return insert_before(reason, "str(", module), insert_after(reason, f"){CUT}", module)


def is_text(reason: ast.expr) -> bool:
    """Tell whether an expression is a string, of which a method can be called as it stands."""
    if isinstance(reason, ast.Call):
        return last_name(reason.func) in {
            "str",
            "repr",
            "format",
        }
    return isinstance(reason, ast.JoinedStr | ast.Constant)


RULE = Rule(
    "WSK116",
    "unbounded-close-reason",
    "warning",
    "Send a short reason, or cut it to 123 bytes",
    __doc__ or "",
    find,
    fixes="safe",
)
