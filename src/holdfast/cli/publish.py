"""`holdfast publish`: one publication, from a shell."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Any

import click

from holdfast.cli.broker import Wrong, backplane_option, logs_to, sentences


def pairs(_ctx: click.Context, _param: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    """Read NAME=VALUE."""
    for value in values:
        if "=" not in value:
            raise click.BadParameter(f"{value!r} is no NAME=VALUE")
    return {name: value for name, _, value in (one.partition("=") for one in values)}


@click.command()
@click.argument("channel")
@click.argument("data")
@backplane_option
@click.option("--json/--text", "as_json", default=None, help="What DATA is; text, if not said.")
@click.option("--key", help="What DATA is of, for channels that show the latest by key.")
@click.option(
    "--tag",
    "tags",
    multiple=True,
    callback=pairs,
    metavar="NAME=VALUE",
    help="For filters; may be repeated.",
)
@click.option("--idempotency-key", metavar="KEY", help="Publish at most once with this key.")
@click.option(
    "--version-number", "version", type=int, help="Publish only if the channel's last was lower."
)
@click.option("--timeout", type=float, default=5.0, show_default=True, help="Seconds to try.")
def command(
    channel: str, data: str, url: str, as_json: bool | None, timeout: float, **options: Any
) -> None:
    """Publish DATA to everyone subscribed to CHANNEL, and print its position.

    DATA is text, or with --json what an app publishes as a dict, a list or a number. `-` reads it
    from standard input, without the line's end after it.

    \b
        holdfast publish chat:lobby "back in five minutes"
        holdfast publish orders.7 --json '{"state": "shipped"}'

    Exit codes: 0 the broker has accepted it, 1 the broker is away, 2 what was given cannot work.
    """
    import asyncio

    logs_to(logging.NullHandler())
    with sentences():
        content = read(data, as_json)
        try:
            position = asyncio.run(send(url, timeout, channel, content, options))
        except (TypeError, ValueError) as error:
            raise Wrong(str(error)) from error
    click.echo(position)


def read(data: str, as_json: bool | None) -> Any:
    """What is published."""
    if data == "-":
        try:
            data = sys.stdin.buffer.read().decode().removesuffix("\n")
        except UnicodeDecodeError as error:
            raise Wrong(f"standard input is no UTF-8 text: {error}") from error
    if as_json:
        return compact(data)
    if as_json is None and data.startswith(("{", "[")) and is_json(data):
        click.echo(
            "Published as text, though it is JSON: --json publishes it as data, --text says "
            "nothing of this",
            err=True,
        )
    return data


def compact(text: str) -> Any:
    """The JSON without its white space, every number as it was written. Raises ``Wrong``."""
    import msgspec

    from holdfast.backplane.port import Json

    try:
        msgspec.json.decode(text)
        return Json(msgspec.json.format(text.encode(), indent=-1))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Wrong(f"DATA is no JSON: {error}") from error


def is_json(text: str) -> bool:
    """Whether it could be published as JSON."""
    try:
        compact(text)
    except Wrong:
        return False
    return True


async def send(url: str, timeout: float, channel: str, content: Any, options: Any) -> Any:
    """Its position."""
    from holdfast.backplane.publisher import AsyncPublisher

    async with AsyncPublisher(url, timeout=timeout) as publisher:
        return await publisher.publish(channel, content, **options)
