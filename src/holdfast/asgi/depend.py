"""Resolving FastAPI dependencies outside a route: per message, or for a block.

``solve_dependencies`` is not public, nor are the stacks it closes them with: what we use of either
is in this file alone, and tests/asgi/test_depend.py holds it against the lowest and the newest
FastAPI.
"""

import copy
import inspect
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from functools import lru_cache
from typing import Annotated, Any, get_type_hints

from fastapi import Depends, params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant, solve_dependencies
from fastapi.exceptions import WebSocketRequestValidationError
from starlette.requests import HTTPConnection

from holdfast.errors import ConfigurationError


class Resolver:
    """The parameters of a callback that FastAPI fills, whenever it is called.

    Those named in ``given`` are ours to fill. Dependencies are resolved on entering ``values`` and
    closed on leaving it, with ``dependency_overrides`` of the app that serves the connection.
    """

    def __init__(self, function: Callable[..., Any], given: Collection[str]) -> None:
        signature = typed_signature(function)
        parameters = [p for name, p in signature.parameters.items() if name not in given]
        self.needed = bool(parameters)
        self._signature = signature.replace(parameters=parameters, return_annotation=None)
        self._dependants: dict[tuple[str, ...], Dependant] = {}

    @asynccontextmanager
    async def values(self, http: HTTPConnection[Any]) -> AsyncIterator[dict[str, Any]]:
        """The values by parameter name."""
        if not self.needed:
            yield {}
            return
        async with _solved(http, self._dependant(tuple(http.path_params))) as values:
            yield values

    def _dependant(self, path_names: tuple[str, ...]) -> Dependant:
        """Which parameters are path parameters shows only in a request: prefixes add some."""
        dependant = self._dependants.get(path_names)
        if dependant is None:
            path = "/".join(f"{{{name}}}" for name in path_names)
            dependant = self._dependants[path_names] = _dependant(self._signature, path)
        return dependant


def exit_stack(http: HTTPConnection[Any]) -> AsyncExitStack:
    """What FastAPI leaves when the connection, or the response, is over."""
    stack: AsyncExitStack = http.scope["fastapi_inner_astack"]
    return stack


@asynccontextmanager
async def resolve_one(http: HTTPConnection[Any], dependency: Any) -> AsyncIterator[Any]:
    """One dependency, a function or ``Depends(...)`` of one, for the length of a block."""
    async with _solved(http, _single(dependency)) as values:
        yield values["value"]


@asynccontextmanager
async def _solved(http: HTTPConnection[Any], dependant: Dependant) -> AsyncIterator[dict[str, Any]]:
    async with AsyncExitStack() as request_stack, AsyncExitStack() as function_stack:
        request = copy.copy(http)
        request.scope = {
            **http.scope,
            "fastapi_inner_astack": request_stack,
            "fastapi_function_astack": function_stack,
            "fastapi_async_cleanup_scopes": {},
        }
        solved = await solve_dependencies(
            request=request,  # type: ignore[arg-type]
            dependant=dependant,
            dependency_overrides_provider=http.scope.get("app"),
            async_exit_stack=request_stack,
            embed_body_fields=False,
        )
        if solved.errors:
            raise WebSocketRequestValidationError(solved.errors)
        yield solved.values


def _single(dependency: Any) -> Dependant:
    # A Depends(...) object has no hash in older FastAPI: built anew each time.
    if isinstance(dependency, params.Depends):
        return _value_of(dependency)
    return _cached(dependency)


@lru_cache(maxsize=1024)
def _cached(dependency: Any) -> Dependant:
    return _value_of(Depends(dependency))


def _value_of(depends: Any) -> Dependant:
    parameter = inspect.Parameter(
        "value", inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[Any, depends]
    )
    return _dependant(inspect.Signature([parameter]), "/")


def _dependant(signature: inspect.Signature, path: str) -> Dependant:
    def stand_in() -> None:
        """Has a signature to be solved, and is never called."""

    stand_in.__signature__ = signature  # type: ignore[attr-defined]
    return get_dependant(path=path, call=stand_in)


def typed_signature(function: Callable[..., Any]) -> inspect.Signature:
    """The signature with annotations as objects, also under ``from __future__ import annotations``.

    Raises ``ConfigurationError`` where a name in an annotation cannot be found.
    """
    signature = inspect.signature(function)
    try:
        hints = get_type_hints(inspect.unwrap(function), include_extras=True)
    except NameError as error:
        name = getattr(function, "__qualname__", repr(function))
        raise ConfigurationError(
            f"{name}: the annotation {error.name!r} cannot be found. A name defined inside a "
            "function is out of reach under `from __future__ import annotations` or in quotes: "
            "move it to the module's top level"
        ) from None
    parameters = [
        parameter.replace(annotation=hints.get(name, parameter.annotation))
        for name, parameter in signature.parameters.items()
    ]
    return signature.replace(parameters=parameters)
