"""Loads the user's app, as a server would, and says in a sentence why it could not be had."""

from __future__ import annotations

import contextlib
import inspect
import sys
import traceback
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

import click

from holdfast.errors import HoldfastError

FRAMES = 6  # of a traceback's end that are shown


class CannotLoad(click.ClickException):
    """There is no app to look at."""

    exit_code = 2


def load_app(name: str, folder: str = "", factory: bool = False) -> Any:
    """The app named ``module:attribute``; what its import prints goes to standard error.

    Raises ``CannotLoad`` with what is wrong and what to do.
    """
    sys.path.insert(0, str(Path(folder).resolve()))
    with contextlib.redirect_stdout(sys.stderr):
        app = find_app(name, folder)
        return _made(app, name) if factory else _checked(app, name)


def find_app(name: str, folder: str = "") -> Any:
    """What stands at ``module:attribute``, which is imported from the import path, and not called.

    Raises ``CannotLoad``. ``folder`` is named where there is no such module.
    """
    module_name, colon, attribute = name.partition(":")
    if not colon or not module_name or not attribute:
        raise CannotLoad(f"{name!r} names no app: expected MODULE:ATTRIBUTE, as in main:app")
    if module_name.endswith(".py") or "/" in module_name:
        dotted = module_name.removesuffix(".py").strip("./").replace("/", ".")
        raise CannotLoad(f"{module_name} is a file: write its module, as in {dotted}:{attribute}")
    return _attribute(_module(module_name, folder), attribute, name)


def find_callable(name: str, folder: str = "") -> Any:
    """The same, which must be something to call: an app, or what makes one."""
    found = find_app(name, folder)
    if not callable(found):
        raise CannotLoad(f"{name} is {_a(found)}, and no ASGI app")
    return found


def _module(name: str, folder: str) -> Any:
    try:
        return import_module(name)
    except (Exception, SystemExit) as error:
        missing = (isinstance(error, ModuleNotFoundError) and error.name) or ""
        if missing and f"{name}.".startswith(f"{missing}."):
            where = Path(folder).resolve()
            raise CannotLoad(
                f"there is no module {missing!r} in {where} or among the installed ones: name the "
                "folder that holds it with --app-dir"
            ) from error
        raise CannotLoad(raised(f"{name} cannot be imported", error)) from error


def _attribute(module: Any, attribute: str, name: str) -> Any:
    found = module
    for part in attribute.split("."):
        if not hasattr(found, part):
            known = [key for key, value in vars(module).items() if _is_app(value)]
            hint = f"; it has {' and '.join(known)}" if known else ""
            raise CannotLoad(f"{name}: {module.__name__} has no attribute {attribute!r}{hint}")
        found = getattr(found, part)
    return found


def _is_app(value: Any) -> bool:
    return hasattr(value, "routes") and callable(value) and not inspect.isclass(value)


def _made(factory: Any, name: str) -> Any:
    if not callable(factory):
        raise CannotLoad(f"{name} is {_a(factory)}, and --factory needs a function to call")
    try:
        app = factory()
    except (Exception, SystemExit) as error:
        raise CannotLoad(raised(f"{name}() makes no app", error)) from error
    return _checked(app, f"{name}()")


def _checked(app: Any, name: str) -> Any:
    if not callable(app) or inspect.isclass(app) or inspect.ismodule(app):
        raise CannotLoad(f"{name} is {_a(app)}, and no ASGI app")
    if inspect.isroutine(app) and not inspect.iscoroutinefunction(app) and _needs_nothing(app):
        raise CannotLoad(f"{name} is a function without parameters: if it makes the app, --factory")
    return app


def _needs_nothing(function: Any) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    return all(one.default is not one.empty for one in parameters)


def _a(value: Any) -> str:
    if inspect.isclass(value):
        return f"the class {value.__name__}"
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"


def raised(what: str, error: BaseException) -> str:
    """The sentence, and the end of the traceback, without our frames and the import system's."""
    if isinstance(error, HoldfastError):
        lines = list(_users_part(error))
    else:
        lines = traceback.format_exception(type(error), error, _users(error.__traceback__), -FRAMES)
    return f"{what}:\n\n{''.join(lines).rstrip()}"


def _users_part(error: HoldfastError) -> Iterator[str]:
    """Of an error that we raise, what leads to our code: the sentence says the rest."""
    whole = traceback.TracebackException.from_exception(error)
    users = [frame for frame in whole.stack if not _is_ours(frame.filename)]
    # Without the lines themselves: a URL in them may have a password.
    places = [(frame.filename, frame.lineno or 0, frame.name, "") for frame in users[-FRAMES:]]
    whole.stack = traceback.StackSummary.from_list(places)
    return whole.format(chain=False)


def _is_ours(filename: str) -> bool:
    return _is_machinery(filename) or Path(__file__).parents[1] in Path(filename).parents


def _users(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and _is_machinery(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    return trace


def _is_machinery(filename: str) -> bool:
    path = Path(filename)
    ours = path.parent == Path(__file__).parent
    return ours or "importlib" in filename or path.parts[-2:] == ("uvicorn", "config.py")
