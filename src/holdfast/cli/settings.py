"""What a server makes of its command line, read by the server's own parser and not started.

Runs as a process of its own, since reading may run the user's configuration files and changes
logging and the environment: ``python -m holdfast.cli.settings NAME ARGUMENT...`` writes JSON.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

UNREAD = 3  # the exit code where the server does not take these arguments

UVICORN = (
    *("ws", "interface", "loop", "workers", "reload", "proxy_headers", "factory", "log_level"),
    *("ws_ping_interval", "ws_ping_timeout", "ws_per_message_deflate", "timeout_graceful_shutdown"),
    *("limit_concurrency", "limit_max_requests", "forwarded_allow_ips"),
)
HYPERCORN = ("workers", "worker_class", "websocket_ping_interval", "graceful_timeout")
DAPHNE = ("ping_interval", "ping_timeout")
GRANIAN = ("interface", "websockets", "workers", "loop", "factory", "working_dir")
GUNICORN = ("workers", "graceful_timeout", "max_requests", "chdir", "loglevel")


def uvicorn(arguments: list[str]) -> dict[str, Any]:
    """Through its own command, stopped where it would run."""
    import_module("uvicorn")
    module: Any = sys.modules["uvicorn.main"]  # the package's attribute of that name is a function
    return _from_run(module, lambda: module.main.main(arguments, "uvicorn", standalone_mode=False))


def fastapi(arguments: list[str]) -> dict[str, Any]:
    """``fastapi run`` and ``fastapi dev`` call ``uvicorn.run``."""
    command: Any = import_module("fastapi_cli.cli").app
    return _from_run(
        import_module("uvicorn"), lambda: command(arguments, "fastapi", standalone_mode=False)
    )


def holdfast(arguments: list[str]) -> dict[str, Any]:
    """``holdfast run`` and ``holdfast dev`` are uvicorn's command with other defaults."""
    if arguments[:1] not in (["run"], ["dev"]):
        raise click.UsageError("expected `holdfast run` or `holdfast dev`")
    command: Any = import_module("holdfast.cli").main
    module: Any = import_module("uvicorn.main")
    return _from_run(module, lambda: command(arguments, "holdfast", standalone_mode=False))


def _from_run(module: Any, call: Callable[[], Any]) -> dict[str, Any]:
    taken: dict[str, Any] = {}

    def run(app: Any, **options: Any) -> None:
        taken.update(options)

    module.run = run
    call()
    if not taken:
        raise click.UsageError("these arguments start no server")
    app_dir = taken.pop("app_dir", None)
    return {**_uvicorn(taken), "app_dir": app_dir}


def _uvicorn(options: dict[str, Any]) -> dict[str, Any]:
    # Its log files would be opened. What they hold cannot be told from a configuration.
    own_log = options.pop("log_config", None)
    config: Any = import_module("uvicorn.config").Config("", log_config=None, **options)
    return of_config(config, own_log)


def of_config(config: Any, own_log: Any) -> dict[str, Any]:
    """Of uvicorn's ``Config``. ``own_log`` is what it was told of logging; a dict is uvicorn's."""
    raw = {name: getattr(config, name, None) for name in UVICORN}
    if not isinstance(raw["ws"], str):
        raw["ws"] = ""
    default_log = own_log is None or isinstance(own_log, dict)
    return {**raw, "keepalive": _keepalive(raw["ws"]), "default_log": default_log}


def _keepalive(ws: Any) -> bool:
    """Whether the protocol has pings: older ones of uvicorn took the options and sent none."""
    found: Any = import_module("uvicorn.config").WS_PROTOCOLS.get(ws)
    if not found:
        return False
    try:
        module, _, name = found.partition(":")
        protocol = getattr(import_module(module), name)
        return "ping_interval" in inspect.getsource(sys.modules[protocol.__module__])
    except (ImportError, AttributeError, KeyError, OSError):  # its library is missing
        return False


def hypercorn(arguments: list[str]) -> dict[str, Any]:
    """Through its own ``main``, stopped where it would run."""
    module: Any = import_module("hypercorn.__main__")
    taken: list[Any] = []
    module.run = taken.append
    module.main(arguments)
    return {name: getattr(taken[0], name, None) for name in HYPERCORN}


def daphne(arguments: list[str]) -> dict[str, Any]:
    """Through its parser."""
    parser = import_module("daphne.cli").CommandLineInterface().parser
    found = vars(parser.parse_args(arguments))
    return {name: found.get(name) for name in DAPHNE}


def granian(arguments: list[str]) -> dict[str, Any]:
    """Through its command's parameters."""
    command: Any = import_module("granian.cli").cli
    found = command.make_context("granian", arguments, auto_envvar_prefix="GRANIAN").params
    raw = {name: found.get(name) for name in GRANIAN}
    return {name: getattr(value, "value", value) for name, value in raw.items()}


def gunicorn(arguments: list[str]) -> dict[str, Any]:
    """Through its application object, which reads configuration files, too."""
    sys.argv = ["gunicorn", *arguments]
    config = import_module("gunicorn.app.wsgiapp").WSGIApplication(prog="gunicorn").cfg
    raw = {name: getattr(config, name, None) for name in GUNICORN}
    raw["worker"] = config.worker_class_str
    raw["forwarded_allow_ips"] = config.forwarded_allow_ips
    options = getattr(config.worker_class, "CONFIG_KWARGS", None)  # of uvicorn's worker
    raw["uvicorn"] = None if options is None else _uvicorn({**options, "workers": 1})
    return raw


READERS: dict[str, Callable[[list[str]], dict[str, Any]]] = {
    "uvicorn": uvicorn,
    "fastapi": fastapi,
    "holdfast": holdfast,
    "hypercorn": hypercorn,
    "daphne": daphne,
    "granian": granian,
    "gunicorn": gunicorn,
}


def main(name: str, arguments: list[str]) -> int:
    """Write what was read to standard output; what anybody prints goes to standard error."""
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    before = dict(os.environ)
    try:
        found = READERS[name](arguments)
    except click.ClickException as error:
        print(f"Error: {error.format_message()}", file=sys.stderr)
        return UNREAD
    except (SystemExit, click.exceptions.Exit):  # it has said why
        return UNREAD
    except Exception as error:
        print(f"Error: {type(error).__name__}: {error}", file=sys.stderr)
        return UNREAD
    now = dict(os.environ)
    found["environment"] = {key: now[key] for key in now if before.get(key) != now[key]}
    with answer:
        json.dump(found, answer, default=str)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
