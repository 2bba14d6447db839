"""`holdfast tail`: what is published on a channel, as it comes."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import click

from holdfast.cli.broker import Wrong, backplane_option, logs_to, sentences

if TYPE_CHECKING:
    from holdfast.backplane.port import Position

INTERRUPTED = 130  # the exit code of what Ctrl-C ends


@click.command()
@click.argument("channel")
@backplane_option
@click.option(
    "--since",
    metavar="POSITION|N|all",
    help="Begin after a position, with the last N, or with all that are kept.",
)
@click.option("--json", "as_json", is_flag=True, help="Write each as a line of JSON.")
@click.pass_context
def command(ctx: click.Context, channel: str, url: str, since: str | None, as_json: bool) -> None:
    """Show what is published on CHANNEL: a position and the data, until Ctrl-C.

    Gaps, new epochs and outages are told on standard error.

    \b
        holdfast tail orders.7 --since 10
        holdfast tail chat:lobby --json | jq .data

    Exit codes: 1 the broker is away at the start, 2 what was given cannot work.
    """
    import asyncio

    from holdfast.cli.following import Following, as_line, as_text

    logs_to(logging.NullHandler())
    with sentences():
        following = Following(url, channel, begin(since), as_line if as_json else as_text)
        try:
            asyncio.run(following.run())
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)


def begin(since: str | None) -> Position | int | None:
    """Where to begin; with the last so many, or after a position. None: now."""
    from holdfast.backplane.port import Position

    if since is None or since == "all":
        return None if since is None else sys.maxsize
    if since.isascii() and since.isdigit():
        return int(since[:18])
    try:
        return Position.parse(since)
    except ValueError as error:
        raise Wrong(f"--since: {error}, a number, or all") from error
