"""`holdfast run`: uvicorn with Holdfast's own WebSocket server and settings for production."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import click

MISSING = "{name} needs uvicorn: install it with  pip install 'holdfast[server]'"

# Times in seconds. docs/run.md has the reason of each.
DEFAULTS: Mapping[str, Any] = {
    "ws": "holdfast.server:Protocol",
    "ws_ping_interval": 25.0,
    "ws_ping_timeout": 10.0,
    "ws_per_message_deflate": False,
    # Above Deadlines.grace + 2 * cleanup_timeout: what is promised to handlers is kept.
    "timeout_graceful_shutdown": 20,
    # After a restart every client comes back at once.
    "backlog": 4096,
}

# Nothing is read here: uvicorn's own parser does it. `--` and what looks like an option are its.
PASSED_ON = {"ignore_unknown_options": True}


@click.command(context_settings=PASSED_ON, options_metavar="")
@click.argument("arguments", metavar="APP [OPTIONS]", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(ctx: click.Context, arguments: tuple[str, ...]) -> None:
    """Serve an app: uvicorn with Holdfast's own WebSocket server.

    APP is MODULE:ATTRIBUTE, and OPTIONS are uvicorn's, all of them: `uvicorn --help` lists them.
    What is given wins over UVICORN_... in the environment, and that over what is set here:

    \b
        --ws holdfast.server:Protocol
        --ws-ping-interval 25  --ws-ping-timeout 10
        --ws-per-message-deflate false
        --timeout-graceful-shutdown 20
        --backlog 4096

    \b
        holdfast run main:app --host 0.0.0.0 --port 80 --log-level warning
    """
    serve(ctx, arguments, DEFAULTS)


def serve(ctx: click.Context, arguments: Sequence[str], defaults: Mapping[str, Any]) -> None:
    """Have uvicorn's command parse the arguments and run, with other defaults than its own."""
    try:
        module: Any = import_module("uvicorn.main")
    except ModuleNotFoundError as error:
        raise click.ClickException(MISSING.format(name=ctx.command_path)) from error
    with uvicorn_context(ctx, arguments, defaults) as context:
        # `uvicorn.run` makes its configuration itself, and can be told of no other class.
        config: Any = import_module("holdfast.cli.config")
        module.Config = config.Config
        module.main.invoke(context)
        if config.refused():  # uvicorn ends with 0 where its workers could not start
            ctx.exit(config.FAILURE)


def uvicorn_context(
    ctx: click.Context, arguments: Sequence[str], defaults: Mapping[str, Any]
) -> click.Context:
    """What uvicorn's parser makes of the arguments; errors are told in our command's name."""
    parser: Any = import_module("uvicorn").main
    context: click.Context = parser.make_context(
        ctx.info_name, list(arguments), parent=ctx.parent, default_map=dict(defaults)
    )
    return context
