"""`holdfast demo`: the demo application on a server of its own."""

from __future__ import annotations

import socket
import threading
import webbrowser
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

from holdfast.cli.listening import listen

MISSING_EXTRA = "The demo needs {name}: install it with  pip install 'holdfast[demo]'"
UNBUILT = (
    "The full page is not built, so the first one is shown, which has less on it: "
    "`make frontend` builds it, and needs Node 20.19 or newer."
)
REQUIRED = ("uvicorn", "websockets", "psutil")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The port to listen on; 0 takes any free one.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the page in a browser.")
def command(host: str, port: int, open_browser: bool) -> None:
    """Show Holdfast beside the tutorial's ConnectionManager, live, in a browser."""
    require_extra()
    sock = listen(host, port)
    from holdfast.demo import files  # the whole framework, which --help does without
    from holdfast.demo.app import app

    url = page_url(host, sock.getsockname()[1])
    click.echo(f"The demo is at {url} (Ctrl+C ends it)")
    if not files.is_built():
        click.echo(UNBUILT)
    if open_browser:
        # The socket listens already, so a page that is opened now only waits for the first accept.
        threading.Thread(target=open_page, args=(url,), daemon=True).start()
    serve(app, sock)


def require_extra() -> None:
    """End with one sentence where a package of the extra `demo` is missing."""
    for name in REQUIRED:
        try:
            import_module(name)
        except ModuleNotFoundError as error:
            raise click.ClickException(MISSING_EXTRA.format(name=name)) from error


def page_url(host: str, port: int) -> str:
    """Name the page as a browser on this machine can reach it."""
    if host in {"", "0.0.0.0", "::"}:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def open_page(url: str) -> None:
    """Show it in a browser; where there is none, say so."""
    if not webbrowser.open(url):
        click.echo("No browser could be started: open the address above in one", err=True)


def serve(app: Callable[..., Any], sock: socket.socket) -> None:
    """Run the demo until it is told to stop."""
    import uvicorn

    # Left to uvicorn, open connections would hold up Ctrl+C for ever.
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3)
    try:
        uvicorn.Server(config).run(sockets=[sock])
    except KeyboardInterrupt:
        click.echo("Goodbye.")
    finally:
        sock.close()
