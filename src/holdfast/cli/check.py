"""`holdfast check`: the static checker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from holdfast.check.files import selection
from holdfast.check.files.config import ConfigError, Resolver
from holdfast.check.files.parallel import Broken
from holdfast.check.report import page
from holdfast.cli.check_options import Options, all_options
from holdfast.cli.check_output import CouldNotCheck, echo
from holdfast.cli.check_run import Run


@click.command()
@all_options
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Find WebSocket mistakes in Python code, without running it.

    PATHS are files and folders, or `-` for the standard input; without any, the current folder.
    CODES are separated by commas, and may be cut short: WSK1 means all that start so. The names of
    rules will do, too. A comment that says noqa: WSK101 silences its line. Settings are read from
    [tool.holdfast.check] in the nearest pyproject.toml.

    Exits with 0 if nothing was found, 1 if something was, 2 if it was called wrongly or failed.
    """
    options = Options(**given)
    options.check()
    if options.list_rules:
        echo(rules_as_json() if options.output_format == "json" else rules_as_text())
        return
    try:
        Path.cwd()
    except OSError:
        raise CouldNotCheck("the current folder is not there any more") from None
    try:
        resolver = Resolver(options.layer(), options.config, options.isolated)
        ctx.exit(Run(options, resolver)())
    except (ConfigError, Broken) as error:
        raise CouldNotCheck(str(error)) from None
    except KeyboardInterrupt:
        raise CouldNotCheck("stopped before all was done") from None


def rules_as_text() -> str:
    """List the rules; a star marks those that --fix mends."""
    width = max(len(rule.name) for rule in selection.ALL_RULES)
    marks = {"safe": "[*]", "unsafe": "[?]", "": "   "}
    lines = [
        f"{rule.code} {marks[rule.fixes]} {rule.name:<{width}}  {rule.severity:<7}  "
        f"{rule.explanation.strip().partition(chr(10))[0]}"
        for rule in selection.ALL_RULES
    ]
    return "\n".join([*lines, "", "[*] --fix mends it   [?] with --unsafe-fixes"])


def rules_as_json() -> str:
    """List the rules for programs."""
    found = [
        {
            "code": rule.code,
            "name": rule.name,
            "severity": rule.severity,
            "summary": rule.explanation.strip().partition("\n")[0],
            "explanation": rule.explanation.strip(),
            "help": rule.help,
            "fix": rule.fixes or None,
            "url": page(rule.code),
        }
        for rule in selection.ALL_RULES
    ]
    return json.dumps(found, indent=2)
