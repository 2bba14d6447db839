"""What can be sent: whether JSON can say a value, and which values are no text and no bytes.

Each question is answered by what is wrong with the value, in words, or by nothing. What is not
known for sure is taken for right.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable

from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import Class, Container, Instance, Kind, Made, Socket, inference
from holdfast.check.code.module import Module, own_nodes, walk
from holdfast.check.code.spelling import last_name
from holdfast.check.facts.branches import appended
from holdfast.check.facts.opaque import (
    OPAQUE,
    full_name,
    is_dataclass,
    is_model,
    left_fields,
    of_class,
    opaque,
)
from holdfast.check.facts.settled import is_changed, is_exception, kind_of, only_value

BUILTINS = {"len": "int", "int": "int", "float": "float", "bool": "bool", "dict": "dict",
            "list": "list", "tuple": "tuple", "sorted": "list", "sum": "int", "bytes": "bytes",
            "bytearray": "bytearray", "set": "set", "frozenset": "frozenset", "str": "str",
            "repr": "str", "abs": "int", "round": "int"}  # fmt: skip
# What the built-in functions give that is no list.
LAZY = {"map", "filter", "zip", "range", "reversed", "enumerate", "iter"}
# What operators make of one of these is no number and no text either.
BLENDS = {"a datetime", "a date", "a timedelta", "a Decimal", "a set"}
PARTS = {"headers": "a Headers", "query_params": "a QueryParams", "url": "a URL",
         "client_state": "an Enum", "application_state": "an Enum"}  # fmt: skip
NO_NUMBERS = {"math.nan", "math.inf", "numpy.nan", "numpy.inf"}
VIEWS = {"keys", "values", "items"}
DUMPS = {"model_dump", "dict"}
DISPLAYS = {ast.Set: "a set", ast.SetComp: "a set", ast.GeneratorExp: "a generator"}
FIELDS = {"dataclasses.asdict", "vars"}
# Decorators behind which a function gives what it says.
TRANSPARENT = {"staticmethod", "classmethod"}
LITERALS = {ast.JoinedStr: "str", ast.Dict: "dict", ast.DictComp: "dict", ast.List: "list",
            ast.ListComp: "list", ast.Set: "set", ast.SetComp: "set",
            ast.Tuple: "tuple"}  # fmt: skip
DEPTH = 6


def json_fault(node: ast.expr, module: Module, depth: int = DEPTH) -> str:
    """Tell what in a value JSON cannot say."""
    if not depth:
        return ""
    match node:
        case ast.Constant():
            return "bytes" if isinstance(node.value, bytes) else ""
        case ast.Dict():
            return of_dict(node, module, depth)
        case ast.List() | ast.Tuple() | ast.ListComp() | ast.DictComp():
            return first(held(node), module, depth)
        case ast.Name():
            return of_name(node, module, depth)
        case ast.Call():
            return of_call(node, module, depth) or of_returned(node, module, depth)
        case ast.Attribute():
            return of_attribute(node, module)
        case ast.Await(value=ast.Call() as call):
            return opaque(kind_of(node, module)) or of_returned(call, module, depth)
        case ast.Subscript():
            return opaque(kind_of(node, module))
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.BitAnd() | ast.BitOr()):
            fault = first([node.left, node.right], module, depth)
            return fault if fault in BLENDS else ""
    return DISPLAYS.get(type(node), "")


def of_name(node: ast.Name, module: Module, depth: int) -> str:
    """Tell what in that for which a name stands JSON cannot say."""
    value = only_value(node, module)
    if value is not None:
        if is_changed(node, module):
            return of_keys(node, module, depth)
        fault = json_fault(value, module, depth - 1)
        return fault or first(appended(node, module, ["append"]), module, depth)
    if is_exception(node, module):
        return "an exception"
    return "" if is_changed(node, module) else opaque(kind_of(node, module))


def of_keys(node: ast.Name, module: Module, depth: int) -> str:
    """Tell what a function puts into a dict, under a key that nothing else is done with."""
    function = module.function_of(node)
    values: dict[object, list[ast.expr | None]] = {}
    for one in own_nodes(function) if function else ():
        match one:
            case ast.Attribute(value=ast.Name(id=name)) if name == node.id:
                return ""  # `data.pop(...)`, `data.update(...)`
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name)) as target]):
                if name == node.id:
                    key = target.slice.value if isinstance(target.slice, ast.Constant) else None
                    values.setdefault(key, []).append(one.value)
            case ast.Delete() | ast.AugAssign():
                return ""
    if None in values:
        return ""
    return first([one[0] for one in values.values() if len(one) == 1 and one[0]], module, depth)


def of_attribute(node: ast.Attribute, module: Module) -> str:
    """Tell whether JSON cannot say an attribute."""
    left = (fault for fault in left_by(node, module).values() if fault)
    if isinstance(inference(module).kind(node.value, module), Socket):
        return PARTS.get(node.attr, "")
    return next(left, "") or of_member(node, module) or opaque(kind_of(node, module))


def of_dict(node: ast.Dict, module: Module, depth: int) -> str:
    """Tell what in a dict JSON cannot say; what is written over again does not count."""
    for number, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
        if key is not None or not (left := left_by(value, module)):
            if fault := json_fault(value, module, depth - 1):
                return fault
            continue
        later = [one.value for one in node.keys[number:] if isinstance(one, ast.Constant)]
        for name, fault in left.items():
            if fault and name not in later:
                return f"{fault} (`{name}`)"
    return ""


def of_returned(call: ast.Call, module: Module, depth: int) -> str:
    """Tell what in that which a function of the project returns JSON cannot say."""
    helper = callee(call, module)
    if helper is None or helper.is_async is not isinstance(module.parents.get(call), ast.Await):
        return ""
    if any(helper.module.qualify(one) not in TRANSPARENT for one in helper.node.decorator_list):
        return ""
    nodes = list(own_nodes(helper.node))
    if any(isinstance(one, ast.Yield | ast.YieldFrom) for one in nodes):
        return ""
    values = [one.value for one in nodes if isinstance(one, ast.Return) and one.value]
    return first(values, helper.module, depth)


def of_member(node: ast.Attribute, module: Module) -> str:
    """Tell whether an attribute is a member of an Enum that is nothing else, or no number."""
    if module.qualify(node) in NO_NUMBERS:
        return "NaN or infinity, which no browser can read"
    kind = inference(module).kind(node.value, module)
    if not isinstance(kind, Class) or not inference(module).classes.assigns(kind, node.attr):
        return ""
    bases = {kind.module.qualify(base).rpartition(".")[2] for base in kind.node.bases}
    return f"a `{kind.name}`" if bases == {"Enum"} else ""


def held(node: ast.expr) -> list[ast.expr]:
    """Give the values in a literal or a comprehension."""
    match node:
        case ast.List() | ast.Tuple():
            return node.elts
        case ast.ListComp():
            return [node.elt]
        case ast.DictComp():
            return [node.value]
    return []


def first(nodes: Iterable[ast.expr], module: Module, depth: int) -> str:
    """Give the first fault of several values."""
    return next((found for one in nodes if (found := json_fault(one, module, depth - 1))), "")


def of_builtin(call: ast.Call, module: Module, depth: int) -> str:
    """Tell what a built-in function gives that JSON cannot say."""
    if not isinstance(call.func, ast.Name) or inference(module).scopes(module).lookup(call.func)[1]:
        return ""
    name = call.func.id
    if name == "dict":
        return first([one.value for one in call.keywords if one.arg], module, depth)
    built = getattr(builtins, name, None)
    if isinstance(built, type) and issubclass(built, BaseException):
        return "an exception"
    return f"what `{name}(...)` gives" if name in LAZY else ""


def of_call(call: ast.Call, module: Module, depth: int) -> str:
    """Tell what a call gives that JSON cannot say."""
    if fault := of_builtin(call, module, depth):
        return fault
    if module.qualify(call.func) == "float" and call.args:
        value = call.args[0].value if isinstance(call.args[0], ast.Constant) else ""
        if str(value).lower().lstrip("+-") in {"nan", "inf", "infinity"}:
            return "NaN or infinity, which no browser can read"
    if isinstance(call.func, ast.Attribute) and call.func.attr in VIEWS and not call.args:
        if type_of(call.func.value, module) == "dict":
            return f"what `{call.func.attr}()` gives"
    if isinstance(call.func, ast.Attribute) and call.func.attr == "encode":
        return "bytes" if type_of(call.func.value, module) == "str" else ""
    left = (fault and f"{fault} (`{name}`)" for name, fault in left_by(call, module).items())
    return next((one for one in left if one), "") or opaque(kind_of(call, module))


def left_by(node: ast.expr, module: Module) -> dict[str, str]:
    """Give the fields that a dump of a model, or of a dataclass, leaves as they are, and why."""
    match node:
        case ast.Attribute(attr="__dict__", value=value):
            return left_of(value, module, has_fields, is_deep=False)
        case ast.Call(func=function, args=[value], keywords=[]):
            name = module.qualify(function)
            if name in FIELDS:
                is_deep = name != "vars"
                return left_of(value, module, has_fields, is_deep=is_deep)
        case ast.Call(func=ast.Attribute(attr=attr, value=value)):
            return left_of(value, module, is_model) if attr in DUMPS and is_whole(node) else {}
    return {}


def has_fields(of: Class) -> bool:
    """Tell whether a class says in its body what its objects hold."""
    return is_dataclass(of) or is_model(of)


def left_of(
    node: ast.expr, module: Module, is_one: Callable[[Class], bool], *, is_deep: bool = True
) -> dict[str, str]:
    """Give what is left of an object's fields, if its class is of the kind that is asked for."""
    kind = kind_of(node, module)
    is_it = isinstance(kind, Instance) and is_one(kind.of)
    return left_fields(kind.of, deep=is_deep) if is_it else {}  # type: ignore[union-attr]


def is_whole(call: ast.Call) -> bool:
    """Tell whether a dump has all fields in it, as Python's objects."""
    return not call.args and all(one.arg in {"by_alias", "exclude_none"} for one in call.keywords)


def text_fault(node: ast.expr, module: Module) -> str:
    """Tell what a value is, if it is no text."""
    name = type_of(node, module)
    return "" if name in {"", "str"} else name


def bytes_fault(node: ast.expr, module: Module) -> str:
    """Tell what a value is, if it is no bytes."""
    name = type_of(node, module)
    return "" if name in {"", "bytes", "bytearray", "memoryview"} else name


def type_of(node: ast.expr, module: Module, depth: int = DEPTH) -> str:
    """Name the type of a value, if it is known for sure."""
    match node:
        case ast.Constant():
            return "None" if node.value is None else type(node.value).__name__
        case ast.Name():
            value = only_value(node, module)
            if value is not None and depth:
                return type_of(value, module, depth - 1)
            if is_exception(node, module):
                return "an exception"
            return type_name(kind_of(node, module))
        case ast.Call():
            return type_of_call(node, module)
        case ast.Await() | ast.Subscript():
            return type_name(kind_of(node, module))
        case ast.Attribute():
            return type_name(kind_of(node, module)) if is_declared(node, module) else ""
    return LITERALS.get(type(node), "")


def is_declared(node: ast.Attribute, module: Module) -> bool:
    """Tell whether the class of an object says of what type an attribute is."""
    kind = inference(module).kind(node.value, module)
    if not isinstance(kind, Instance):
        return False
    declared = (one.target for one in walk(kind.of.node) if isinstance(one, ast.AnnAssign))
    return node.attr in map(last_name, declared)


def type_of_call(call: ast.Call, module: Module) -> str:
    """Name the type of what a call gives."""
    if isinstance(call.func, ast.Name) and call.func.id in BUILTINS:
        _, bindings = inference(module).scopes(module).lookup(call.func)
        return "" if bindings else BUILTINS[call.func.id]
    if module.qualify(call.func) == "json.dumps":
        return "str"
    if isinstance(call.func, ast.Attribute):
        if call.func.attr == "encode" and type_of(call.func.value, module) == "str":
            return "bytes"
        owner = kind_of(call.func.value, module)
        if isinstance(owner, Instance) and is_model(owner.of):
            return {"model_dump": "dict", "dict": "dict", "model_dump_json": "str"}.get(
                call.func.attr, ""
            )
    if module.qualify(call.func) == "dataclasses.asdict":
        return "dict"
    return type_name(kind_of(call, module))


def type_name(kind: Kind | None) -> str:
    """Name the type of a kind, where every object of it is one."""
    match kind:
        case Made(name="str" | "dict" | "int" | "float" | "bool" | "bytes" | "list" as name):
            return name
        case Made(name="WebSocket.receive_text"):
            return "str"
        case Made(name="WebSocket.receive_bytes"):
            return "bytes"
        case Made(name=name) if full_name(name) in OPAQUE:
            return full_name(name).rpartition(".")[2]
        case Container(type="dict" | "list" | "set" | "frozenset" | "tuple" as name):
            return name
        case Instance(of=of):
            return f"`{of.name}`" if of_class(of) else ""
    return ""


def sent(call: ast.Call) -> ast.expr | None:
    """Give what a call of a WebSocket's sends."""
    named = [one.value for one in call.keywords if one.arg == "data"]
    found = [*call.args[:1], *named]
    return found[0] if found and not isinstance(found[0], ast.Starred) else None
