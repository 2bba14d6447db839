"""Handlers as ordinary FastAPI routes: their signature is rewritten, nothing else.

A route class of our own would be lost in ``include_router``, which builds routes anew. So
``conn: Connection[T]`` becomes ``Annotated[Connection[T], Depends(current_connection)]``, and
FastAPI does the rest: path, query, dependencies, overrides, prefixes, errors before accept.
"""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Protocol, get_args, get_origin

from fastapi import Depends, params
from starlette.requests import HTTPConnection

from holdfast.asgi.connection import Connection
from holdfast.asgi.entrance import CONNECTION, enter, pass_of
from holdfast.errors import ConfigurationError

USER = "holdfast_user"  # the parameter that carries what ``user=Depends(...)`` resolved to


class Registration(Protocol):
    """What a route of ours knows: reached from the endpoint that FastAPI calls."""

    def connect(self, http: HTTPConnection[Any]) -> Connection[Any]:
        """The connection of this handshake, not accepted yet."""


async def current_connection(http: HTTPConnection) -> Connection[Any]:
    """The connection that this handshake belongs to: one, however often it is asked for."""
    await enter(http)  # no dependency: solving one more takes as long as all the rest of this
    conn = http.scope.get(CONNECTION)
    if conn is None:
        registration = getattr(http.scope.get("endpoint"), "__holdfast__", None)
        if registration is None:
            raise ConfigurationError(
                "CurrentConnection was asked for on a route that is not Holdfast's: use it only "
                "in dependencies of @hf.websocket, @hf.stream and @hf.subscribe"
            )
        conn = http.scope[CONNECTION] = registration.connect(http)
        conn.address = pass_of(http).address
    return conn  # type: ignore[no-any-return]


CurrentConnection = Annotated[Connection[Any], Depends(current_connection)]
"""Annotate a dependency's parameter with it to be given the connection."""


def must_be_async(function: Callable[..., Any], what: str) -> None:
    """Raise for a sync handler: it would block every connection of the process."""
    if not inspect.iscoroutinefunction(function):
        raise ConfigurationError(
            f"{what} {_name(function)} must be `async def`: a sync handler would hold up every "
            "connection of this process"
        )


def find_connection(function: Callable[..., Any], signature: inspect.Signature) -> str:
    """The name of the parameter annotated ``Connection[T]``."""
    for name, parameter in signature.parameters.items():
        if is_connection(parameter.annotation):
            return name
    bare = next(
        (n for n, p in signature.parameters.items() if p.annotation is p.empty and n != "self"),
        None,
    )
    hint = (
        f"`{bare}` has no annotation: write `{bare}: Connection[str]`"
        if bare
        else ("add a parameter `conn: Connection[str]`")
    )
    raise ConfigurationError(
        f"{_name(function)} takes no Connection: {hint} "
        "(FastAPI would take it for a query parameter and refuse every handshake)"
    )


def is_connection(annotation: Any) -> bool:
    """Whether it is ``Connection`` or ``Connection[T]``."""
    return annotation is Connection or get_origin(annotation) is Connection


def message_type(annotation: Any) -> Any:
    """The ``T`` of ``Connection[T]``; ``str`` where it is left out."""
    return (get_args(annotation) or (str,))[0]


def with_connection(
    signature: inspect.Signature, name: str, user: params.Depends | None
) -> inspect.Signature:
    """The signature FastAPI sees: the connection first, which passes the gate, then the others, and
    the user, as dependencies."""
    parameters = [
        parameter.replace(
            annotation=Annotated[Connection[Any], Depends(current_connection)],
            kind=inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty,
        )
        if parameter.name == name
        else parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in signature.parameters.values()
    ]
    parameters.sort(key=lambda parameter: parameter.name != name)
    if user is not None:
        parameters.append(_depends_parameter(USER, user))
    return signature.replace(parameters=parameters, return_annotation=None)


def only_connection(name: str, user: params.Depends | None) -> inspect.Signature:
    """A signature that asks for the connection alone."""
    parameter = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY)
    return with_connection(inspect.Signature([parameter]), name, user)


def endpoint_for(
    function: Callable[..., Any],
    signature: inspect.Signature,
    registration: Registration,
    call: Callable[[dict[str, Any]], Any],
) -> Callable[..., Any]:
    """The function that the FastAPI route calls, named and documented as the user's own."""

    async def endpoint(**values: Any) -> Any:
        return await call(values)

    for attribute in ("__name__", "__qualname__", "__module__", "__doc__"):
        setattr(endpoint, attribute, getattr(function, attribute, None))
    endpoint.__signature__ = signature  # type: ignore[attr-defined]
    endpoint.__holdfast__ = registration  # type: ignore[attr-defined]
    return endpoint


def no_user_depends(user: Any) -> None:
    """Raise unless ``user=`` is a ``Depends(...)``."""
    if user is not None and not isinstance(user, params.Depends):
        raise ConfigurationError(f"user={user!r}: expected user=Depends(a_function)")


def _depends_parameter(name: str, depends: params.Depends) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[Any, depends]
    )


def _name(function: Callable[..., Any]) -> str:
    code = getattr(function, "__code__", None)
    where = f" ({code.co_filename}:{code.co_firstlineno})" if code else ""
    return f"{getattr(function, '__qualname__', repr(function))}{where}"
