from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("fastapi", "starlette", "pydantic", "msgspec", "uvicorn", "asyncio")


def holdfast(*arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from holdfast.cli import main; main(prog_name='holdfast')"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def modules_after(*arguments: str) -> set[str]:
    """Name the top-level modules that are loaded when a command has run."""
    code = """
import json, sys
from holdfast.cli import main
try:
    main(prog_name="holdfast")
except SystemExit:
    pass
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return set(json.loads(result.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments",
    [
        *(("--help",), ("--version",), ("check", "--help"), ("check", __file__)),
        *(("demo", "--help"), ("run", "--help"), ("dev", "--help")),
        *(("publish", "--help"), ("tail", "--help")),
    ],
    ids=" ".join,
)
def test_what_needs_no_framework_loads_none(arguments: tuple[str, ...]) -> None:
    assert not modules_after(*arguments) & set(HEAVY)


def test_the_list_of_commands_loads_no_command() -> None:
    code = (
        "import sys; from holdfast.cli import main; main(['--help'], standalone_mode=False);"
        "assert not [name for name in sys.modules if name.startswith('holdfast.cli.')]"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, timeout=30, check=False
    )
    assert result.returncode == 0, result.stderr


def test_help_lists_the_commands_and_each_is_there() -> None:
    result = holdfast("--help")
    assert result.returncode == 0
    for name in ("check", "demo", "dev", "doctor", "publish", "run", "tail"):
        assert name in result.stdout
        assert holdfast(name, "--help").returncode == 0


def test_the_version_is_the_installed_one() -> None:
    from importlib.metadata import version

    assert holdfast("--version").stdout == f"holdfast {version('holdfast')}\n"


def test_an_unknown_command_is_a_usage_error() -> None:
    result = holdfast("chekc")
    assert result.returncode == 2
    assert "chekc" in result.stderr
    assert "Traceback" not in result.stderr
