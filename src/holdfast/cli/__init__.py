"""The command line: `holdfast COMMAND`, one file per command, loaded only when it is asked for."""

from __future__ import annotations

from importlib import import_module

import click

# Help for the list of commands stands here, so that listing them loads none of them.
COMMANDS = {
    "check": "Find WebSocket mistakes in Python code, without running it.",
    "demo": "Show this machine's live figures and a chat in a browser.",
    "dev": "Serve an app on this machine, and restart on every change of its code.",
    "doctor": "Say what will hurt: versions, server settings and the app itself.",
    "publish": "Publish to a channel of running apps, through their broker.",
    "run": "Serve an app: uvicorn with Holdfast's own WebSocket server.",
    "tail": "Show what is published on a channel, as it comes.",
}


class LazyGroup(click.Group):
    """A group whose commands live in modules of the same name, each with a `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"{__name__}.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


def show_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    """Print the installed version and leave."""
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import version  # 20 ms that no other command needs

    click.echo(f"holdfast {version('holdfast')}")
    ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Holdfast: the real-time layer for FastAPI."""
