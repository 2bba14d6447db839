"""A Connection is closed with a code or reason that Holdfast refuses.

`conn.close` and `hf.disconnect` take 1000, and 3000 to 4999: the other codes are the protocol's own
(RFC 6455 section 7.4.2). They raise `ValueError` for those, and for a reason of more than 123
bytes; the client is told 1011 instead.

Wrong:

```python
from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def private(conn: Connection[str]) -> None:
    await conn.close(1008, "not allowed")
```

Right:

```python
from fastapi import FastAPI
from holdfast import CloseCode, Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def private(conn: Connection[str]) -> None:
    await conn.close(CloseCode.FORBIDDEN, "not allowed")
```

Not reported: codes and reasons that the text does not tell; a plain WebSocket's `close`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.calls import receiver
from holdfast.check.code.module import Module
from holdfast.check.facts.ours import calls_of, is_connection, is_holdfast
from holdfast.check.rules.rule import Problem, Rule

LIMIT = 123  # bytes of a reason
OURS = {"ABNORMAL": 1006, "TOO_BIG": 1009, "INTERNAL": 1011, "RESTART": 1012}
STATUS = re.compile(r"(?:fastapi|starlette)\.status\.WS_(\d{4})_")


def find(module: Module) -> Iterator[Problem]:
    """Look at the codes and reasons that stand in the text."""
    for call in calls_of(module, "close", "disconnect"):
        code, reason = given(call)
        refused = (code is not None and is_refused(code, module)) or is_long(reason)
        if refused and is_ours(call, module):
            yield Problem(call, message(code, module) if not is_long(reason) else TOO_LONG)


def is_ours(call: ast.Call, module: Module) -> bool:
    """Tell whether it is Holdfast that is asked to close."""
    assert isinstance(call.func, ast.Attribute)
    is_one = is_connection if call.func.attr == "close" else is_holdfast
    return is_one(receiver(call), module)


def given(call: ast.Call) -> tuple[ast.expr | None, ast.expr | None]:
    """Give the code and the reason; those of `disconnect` are named."""
    named = {one.arg: one.value for one in call.keywords}
    by_place = [*call.args, None, None]
    return named.get("code", by_place[0]), named.get("reason", by_place[1])


def is_refused(code: ast.expr, module: Module) -> bool:
    """Tell whether a code is known, and none for an application."""
    value = number(code, module)
    return value is not None and value != 1000 and not 3000 <= value <= 4999


def number(code: ast.expr, module: Module) -> int | None:
    """Read a code: a number, a name of `status`, or one of `CloseCode`."""
    if isinstance(code, ast.Constant):
        return code.value if isinstance(code.value, int) else None
    name = module.qualify(code)
    if match := STATUS.match(name):
        return int(match[1])
    if name.startswith("holdfast.") and ".CloseCode." in name:
        return OURS.get(name.rpartition(".")[2])
    return None


TOO_LONG = f"A close reason holds at most {LIMIT} bytes, so this raises ValueError"


def is_long(reason: ast.expr | None) -> bool:
    """Tell whether a reason is a text that no close frame can hold."""
    value = reason.value if isinstance(reason, ast.Constant) else None
    return isinstance(value, str) and len(value.encode(errors="replace")) > LIMIT


def message(code: ast.expr | None, module: Module) -> str:
    """Say what is wrong with the code."""
    value = number(code, module) if code is not None else None
    return f"{value} is no close code for an application, so this raises ValueError"


RULE = Rule(
    "WSK912",
    "refused-close-code",
    "error",
    "Close with 1000, a code from 3000 to 4999, or one of `CloseCode` in that range",
    __doc__ or "",
    find,
)
