"""`holdfast doctor`: the look at versions, settings and the app that will hurt."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

COULD_NOT_LOOK = 2
PATIENCE = 60.0  # seconds for a server's parser, which may import the app

SERVERS = ("uvicorn", "hypercorn", "granian", "daphne", "gunicorn")
ON_UVICORN = ("fastapi", "holdfast")  # `fastapi run` and `holdfast run`
COMMANDS = (*SERVERS, *ON_UVICORN)


class CouldNotLook(click.ClickException):
    """No examination took place."""

    exit_code = COULD_NOT_LOOK


@dataclass(frozen=True, slots=True)
class Line:
    """A server's command line: its environment assignments, its name, its arguments."""

    environment: dict[str, str]
    command: str
    arguments: tuple[str, ...]

    @property
    def server(self) -> str:
        """The server that it starts."""
        return "uvicorn" if self.command in ON_UVICORN else self.command

    @property
    def reader(self) -> str:
        """Whose settings they are: `holdfast run` takes all of uvicorn's, and `fastapi run` few."""
        return "uvicorn" if self.command == "holdfast" else self.command


def split(_ctx: click.Context, _param: click.Parameter, values: Iterable[str]) -> list[str]:
    """Read ids that are separated by commas."""
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


@click.command()
@click.argument("app", metavar="APP")
@click.argument("line", metavar="[-- COMMAND]", nargs=-1, type=click.UNPROCESSED)
@click.option("--server", type=click.Choice(SERVERS), help="The server that will run the app.")
@click.option("--app-dir", default="", metavar="FOLDER", help="Where to find APP's module.")
@click.option("--factory", is_flag=True, help="APP is a function that makes the app.")
@click.option("--ignore", multiple=True, callback=split, help="Ids of findings to leave out.")
@click.option("--strict", is_flag=True, help="Exit with 1 for notes, too.")
@click.option("--json", "as_data", is_flag=True, help="Write one JSON object.")
@click.pass_context
def command(
    ctx: click.Context,
    app: str,
    line: tuple[str, ...],
    server: str | None,
    app_dir: str,
    factory: bool,
    ignore: list[str],
    strict: bool,
    as_data: bool,
) -> None:
    """Say what will hurt: versions, server settings and the app itself.

    APP is MODULE:ATTRIBUTE, as for uvicorn. What follows -- is the command that will run it, of
    which the settings are read and which is not run:

        holdfast doctor main:app -- uvicorn main:app --workers 4

    Exits with 0 if nothing worse than a note was found, 1 otherwise, 2 if it could not look.
    """
    from holdfast.doctor.report import as_json, as_text

    wanted = parse_line(app, line, server)
    examination = examine_app(app, wanted, app_dir, factory, known(ignore))
    click.echo(as_json(examination) if as_data else as_text(examination, paint))
    ctx.exit(1 if examination.fails(strict) else 0)


def paint(text: str, severity: str) -> str:
    """Colour a finding's head; click takes it off again where there is no terminal."""
    colours = {"error": "red", "warning": "yellow", "note": "cyan"}
    return click.style(text, fg=colours[severity], bold=True)


def known(ignored: list[str]) -> list[str]:
    """The ids, or an error for one that there is not: a misspelt one would hide nothing."""
    from holdfast.doctor.rules import RULES

    ids = {name for rule in RULES for name in (rule.id, rule.name)}
    for one in ignored:
        if one not in ids and one.upper() not in ids:
            raise click.UsageError(f"--ignore {one}: no finding has this id or name")
    return [one if one in ids else one.upper() for one in ignored]


def examine_app(
    name: str, line: Line | None, folder: str, factory: bool, ignored: Sequence[str]
) -> Any:
    """Gather the facts and have the rules look at them."""
    from holdfast.cli.loading import load_app
    from holdfast.doctor import examine
    from holdfast.doctor.application import look_at_app
    from holdfast.doctor.facts import Facts
    from holdfast.doctor.machine import look_at_machine
    from holdfast.doctor.report import Examination
    from holdfast.doctor.serving import serving

    machine = look_at_machine()
    line = line or choose(name, machine.installed)
    raw = read_settings(line) if line is not None else {}
    os.environ.update(raw.get("environment") or {})
    own = raw.get("app_dir") or raw.get("chdir") or raw.get("working_dir")
    app = load_app(name, folder or own or "", factory or bool(raw.get("factory")))
    server = serving(line.reader, raw, machine) if line is not None else None
    facts = Facts(machine=machine, server=server, app=look_at_app(app))
    return Examination(name, facts, examine(facts, ignored))


# -- which server ----------------------------------------------------------------------------------


def parse_line(app: str, words: Sequence[str], server: str | None) -> Line | None:
    """The command line that was given; a server alone is run with its defaults."""
    environment = {}
    rest = list(words)
    while rest and (found := re.fullmatch(r"([A-Za-z_]\w*)=(.*)", rest[0], re.DOTALL)):
        environment[found[1]] = found[2]
        del rest[0]
    names = [Path(word).name.removesuffix(".exe") for word in rest]
    for place, name in enumerate(names):
        if name in COMMANDS:
            line = Line(environment, name, tuple(rest[place + 1 :]))
            if server not in (None, line.server):
                raise click.UsageError(f"--server {server}, and the command runs {line.server}")
            return line
    if server is None and (rest or environment):
        raise click.UsageError(
            f"no server in {' '.join(words)!r}: expected one of {', '.join(COMMANDS)}, as in "
            f"holdfast doctor {app} -- uvicorn {app} --workers 4"
        )
    return None if server is None else Line(environment, server, (app, *rest))


def choose(app: str, installed: Iterable[str]) -> Line | None:
    """The only server that is installed; of several uvicorn, which is said; else ask."""
    found = [name for name in SERVERS if name in set(installed)]
    if not found:
        click.echo("No server is installed here, so nothing is said about one.", err=True)
        return None
    if len(found) > 1 and "uvicorn" not in found:
        raise click.UsageError(f"{' and '.join(found)} are installed: choose one with --server")
    name = found[0]
    if len(found) > 1:
        others = ", ".join(found[1:])
        click.echo(f"Looking at uvicorn; {others} installed, too: choose with --server", err=True)
    return Line({}, name, (app,))


def read_settings(line: Line) -> dict[str, Any]:
    """What the server's own parser makes of the command line, in a process of its own."""
    command = [sys.executable, "-m", "holdfast.cli.settings", line.command, *line.arguments]
    try:
        result = subprocess.run(
            command,
            env={**os.environ, **line.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CouldNotLook(
            f"{line.command} did not read its settings within {PATIENCE:g} s"
        ) from None
    if result.returncode == 0:
        raw: dict[str, Any] = json.loads(result.stdout)
        raw["environment"] = {**line.environment, **raw["environment"]}
        return raw
    said = result.stderr.strip().splitlines()[-12:]
    shown = " ".join((line.command, *line.arguments))
    raise CouldNotLook("\n".join([f"{line.command} refuses the command {shown!r}:", "", *said]))
