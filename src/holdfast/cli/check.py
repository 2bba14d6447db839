"""`holdfast check`: the static checker."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from holdfast.check import FORMATS, UnknownCode, check_paths, render, select
from holdfast.check import explain as explanation


def split(_ctx: click.Context, _param: click.Parameter, values: Iterable[str]) -> list[str]:
    """Read codes that are separated by commas."""
    return [code.strip() for value in values for code in value.split(",") if code.strip()]


def show_explanation(ctx: click.Context, _param: click.Parameter, code: str | None) -> None:
    """Print what a rule is about and leave."""
    if not code or ctx.resilient_parsing:
        return
    try:
        click.echo(explanation(code))
    except UnknownCode as error:
        raise click.UsageError(str(error)) from error
    ctx.exit()


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--select", "wanted", multiple=True, callback=split, help="Codes to look for.")
@click.option("--ignore", "ignored", multiple=True, callback=split, help="Codes to leave out.")
@click.option(
    "--output-format",
    type=click.Choice(list(FORMATS)),
    default="full",
    show_default=True,
    help="How findings are shown.",
)
@click.option(
    "--explain",
    metavar="CODE",
    is_eager=True,
    expose_value=False,
    callback=show_explanation,
    help="Say what a rule is about, and exit.",
)
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    wanted: list[str],
    ignored: list[str],
    output_format: str,
) -> None:
    """Find WebSocket mistakes in Python code, without running it.

    PATHS are files and folders; without any, the current folder. Codes may be cut short: WSK1 means
    all that start so. A comment that says noqa: WSK101 silences its line.

    Exits with 0 if nothing was found, 1 if something was, 2 if it was called wrongly.
    """
    try:
        rules = select(wanted or ["ALL"], ignored)
    except UnknownCode as error:
        raise click.UsageError(str(error)) from error
    findings = list(check_paths(paths or (Path(),), rules))
    click.echo(render(findings, output_format))
    ctx.exit(1 if findings else 0)
