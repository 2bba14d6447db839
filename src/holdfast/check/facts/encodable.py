"""What can be sent: whether JSON can say a value, and which values are no text and no bytes.

Each question is answered by what is wrong with the value, in words, or by nothing. What is not
known for sure is taken for right.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import (
    Class,
    Container,
    Function,
    Instance,
    Kind,
    Made,
    inference,
)
from holdfast.check.code.module import FunctionNode, Module, own_nodes, walk
from holdfast.check.facts.opaque import (
    GIVES,
    OPAQUE,
    is_dataclass,
    is_model,
    left_fields,
    of_class,
    opaque,
)

BUILTINS = {"len": "int", "int": "int", "float": "float", "bool": "bool", "dict": "dict",
            "list": "list", "tuple": "tuple", "sorted": "list", "sum": "int", "bytes": "bytes",
            "bytearray": "bytearray", "set": "set", "frozenset": "frozenset", "str": "str",
            "repr": "str", "abs": "int", "round": "int"}  # fmt: skip
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
            return of_call(node, module) or of_returned(node, module, depth)
        case ast.Attribute():
            return of_attribute(node, module)
        case ast.Await(value=ast.Call() as call):
            return opaque(kind_of(node, module)) or of_returned(call, module, depth)
        case ast.Subscript():
            return opaque(kind_of(node, module))
    return DISPLAYS.get(type(node), "")


def of_name(node: ast.Name, module: Module, depth: int) -> str:
    """Tell what in that for which a name stands JSON cannot say."""
    value = only_value(node, module)
    if value is not None:
        return "" if is_changed(node, module) else json_fault(value, module, depth - 1)
    return "an exception" if is_exception(node, module) else opaque(kind_of(node, module))


def of_attribute(node: ast.Attribute, module: Module) -> str:
    """Tell whether JSON cannot say an attribute."""
    left = (fault for fault in left_by(node, module).values() if fault)
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


def of_call(call: ast.Call, module: Module) -> str:
    """Tell what a call gives that JSON cannot say."""
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
            return left_of(value, module, is_dataclass, is_deep=False)
        case ast.Call(func=function, args=[value], keywords=[]):
            name = module.qualify(function)
            if name in FIELDS:
                return left_of(value, module, is_dataclass, is_deep=name != "vars")
        case ast.Call(func=ast.Attribute(attr=attr, value=value)):
            return left_of(value, module, is_model) if attr in DUMPS and is_whole(node) else {}
    return {}


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
    names = (getattr(one, "attr", getattr(one, "id", "")) for one in declared)
    return node.attr in names


def type_of_call(call: ast.Call, module: Module) -> str:
    """Name the type of what a call gives."""
    if isinstance(call.func, ast.Name) and call.func.id in BUILTINS:
        _, bindings = inference(module).scopes(module).lookup(call.func)
        return "" if bindings else BUILTINS[call.func.id]
    if module.qualify(call.func) == "json.dumps":
        return "str"
    if isinstance(call.func, ast.Attribute):
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
        case Made(name=name) if GIVES.get(name, name) in OPAQUE:
            return GIVES.get(name, name).rpartition(".")[2]
        case Container(type="dict" | "list" | "set" | "frozenset" | "tuple" as name):
            return name
        case Instance(of=of):
            return f"`{of.name}`" if of_class(of) else ""
    return ""


def kind_of(node: ast.expr, module: Module) -> Kind | None:
    """Tell the kind of an expression, unless what it is of is one of several."""
    if isinstance(node, ast.Name) and not is_single(node, module):
        return None
    if isinstance(node, ast.Attribute) and is_of_several(node, module):
        return None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
        called = inference(module).kind(node.func, module)
        if isinstance(called, Function) and not is_sure(called):
            return None
    return inference(module).kind(node, module)


def is_of_several(node: ast.Attribute, module: Module) -> bool:
    """Tell whether the class of an object leaves a choice of what an attribute is."""
    kind = inference(module).kind(node.value, module)
    if not isinstance(kind, Instance):
        return False
    for one in walk(kind.of.node):
        if isinstance(one, ast.AnnAssign) and is_union(one.annotation):
            target = one.target
            name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
            if name == node.attr:
                return True
    return False


def is_sure(function: Function) -> bool:
    """Tell whether all that a function returns is of one type: its annotation says so."""
    returns = function.node.returns
    return returns is not None and not is_union(returns)


def is_union(annotation: ast.expr) -> bool:
    """Tell whether an annotation leaves a choice."""
    text = ast.unparse(annotation)
    return "|" in text or "Union" in text or "Optional" in text or "Any" in text


def is_single(node: ast.Name, module: Module) -> bool:
    """Tell whether a name is given one value only: a parameter's of one type, or an assignment."""
    _, bindings = inference(module).scopes(module).lookup(node)
    if not bindings:
        return False
    if len(bindings) == 1 and bindings[0].how == "parameter":
        parameter = bindings[0].source
        annotation = parameter.annotation if isinstance(parameter, ast.arg) else None
        return annotation is not None and not is_union(annotation) and not narrowed(node, module)
    hows = [one.how for one in bindings]
    return hows in (["item"], ["context"]) or sorted(hows) in (["annotation", "value"], ["value"])


def is_exception(node: ast.Name, module: Module) -> bool:
    """Tell whether a name is what an `except ... as` gives it, and nothing else."""
    _, bindings = inference(module).scopes(module).lookup(node)
    return bool(bindings) and all(isinstance(one.source, ast.ExceptHandler) for one in bindings)


def is_changed(node: ast.Name, module: Module) -> bool:
    """Tell whether parts of what a name stands for are given another value."""
    function = module.function_of(node) or module.tree
    for one in walk(function):
        if isinstance(one, ast.Subscript) and not isinstance(one.ctx, ast.Load):
            if isinstance(one.value, ast.Name) and one.value.id == node.id:
                return True
        if isinstance(one, ast.Attribute) and one.attr in {"update", "pop", "clear", "remove"}:
            if isinstance(one.value, ast.Name) and one.value.id == node.id:
                return True
    return False


def narrowed(node: ast.Name, module: Module) -> bool:
    """Tell whether the program itself asks what a parameter is."""
    function = next((one for one in module.ancestors(node) if isinstance(one, FunctionNode)), None)
    nodes = list(walk(function)) if function else []
    subjects = (one.subject for one in nodes if isinstance(one, ast.Match))
    if any(isinstance(one, ast.Name) and one.id == node.id for one in subjects):
        return True
    calls = (one for one in nodes if isinstance(one, ast.Call))
    return any(
        isinstance(one.func, ast.Name)
        and one.func.id in {"isinstance", "hasattr", "type"}
        and any(isinstance(arg, ast.Name) and arg.id == node.id for arg in one.args)
        for one in calls
    )


def only_value(node: ast.Name, module: Module) -> ast.expr | None:
    """Give the expression that a name stands for, if there is but one."""
    _, bindings = inference(module).scopes(module).lookup(node)
    values = [one for one in bindings if one.how != "annotation"]
    if len(values) != 1 or values[0].how != "value" or values[0].path:
        return None
    value = values[0].source
    # What is put in afterwards is not in the literal, and what was an error may be taken out.
    return value if isinstance(value, ast.expr) and not isinstance(value, ast.Constant) else None


def sent(call: ast.Call) -> ast.expr | None:
    """Give what a call of a WebSocket's sends."""
    named = [one.value for one in call.keywords if one.arg == "data"]
    found = [*call.args[:1], *named]
    return found[0] if found and not isinstance(found[0], ast.Starred) else None
