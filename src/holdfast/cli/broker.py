"""What the commands that talk to a broker share."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

AWAY, WRONG = 1, 2  # exit codes


class Wrong(click.ClickException):
    """What the command was told cannot work."""

    exit_code = WRONG


def given(_ctx: click.Context, _param: click.Parameter, url: str | None) -> str:
    """The URL, which must be there."""
    if not url:
        raise Wrong(
            "no broker is named: give --backplane redis://HOST, or HOLDFAST_BACKPLANE in the "
            "environment, which no list of processes shows"
        )
    return url


def backplane_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--backplane``, as the parameter ``url``."""
    return click.option(
        "--backplane",
        "url",
        metavar="URL",
        envvar="HOLDFAST_BACKPLANE",
        show_envvar=True,
        callback=given,
        help="The app's backplane, as in redis://localhost.",
    )(command)


@contextmanager
def sentences() -> Iterator[None]:
    """Tell our errors as sentences of the command."""
    from holdfast.errors import BackplaneUnavailable, ConfigurationError

    try:
        yield
    except ConfigurationError as error:
        raise Wrong(str(error)) from error
    except BackplaneUnavailable as error:
        raise click.ClickException(str(error)) from error


def logs_to(handler: logging.Handler) -> None:
    """Have what the library logs go there only."""
    log = logging.getLogger("holdfast")
    log.addHandler(handler)
    log.propagate = False
