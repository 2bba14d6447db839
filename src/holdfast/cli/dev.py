"""`holdfast dev`: the server of `holdfast run` while you write the app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from holdfast.cli.run import DEFAULTS as RUN
from holdfast.cli.run import PASSED_ON, serve

DEFAULTS: Mapping[str, Any] = {
    **RUN,
    "host": "127.0.0.1",
    "reload": True,
    # Each change waits for it where a handler does not end.
    "timeout_graceful_shutdown": 1,
}


@click.command(context_settings=PASSED_ON, options_metavar="")
@click.argument("arguments", metavar="APP [OPTIONS]", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(ctx: click.Context, arguments: tuple[str, ...]) -> None:
    """Serve an app on this machine, and restart on every change of its code.

    The server of `holdfast run`, with --reload, on 127.0.0.1; a restart gives handlers 1 s to end.
    APP is MODULE:ATTRIBUTE, and OPTIONS are uvicorn's, all of them: `uvicorn --help` lists them.

    \b
        holdfast dev main:app --port 9000 --reload-dir src
    """
    serve(ctx, arguments, DEFAULTS)
