"""What git ignores is left out: its patterns mean what they mean to git, and count as for ruff."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.check.commands import Command

pytestmark = pytest.mark.newest

TREE = [
    "a.py", "b c.py", "in/a.py", "in/deep/a.py", "in/deep/ab.py", "other/[x].py", "other/é.py",
]  # fmt: skip
NO_A = [one for one in TREE if not one.endswith("a.py")]


def write(folder: Path, name: str, text: str = "") -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode())


def git_leaves(folder: Path) -> list[str]:
    """Ask git itself."""
    given = "\0".join(TREE).encode()
    call = ["git", "check-ignore", "--no-index", "--stdin", "-z"]
    ignored = subprocess.run(call, cwd=folder, input=given, stdout=subprocess.PIPE).stdout
    return [one for one in TREE if one not in ignored.decode().split("\0")]


def left(check: Command, *arguments: str | Path) -> list[str]:
    found = check("--show-files", *arguments).out.splitlines()
    return sorted(Path(one).as_posix() for one in found)


@pytest.fixture
def tree(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder with files, and a home without settings."""
    home = str(tmp_path_factory.mktemp("home"))
    monkeypatch.setenv("HOME", home)
    monkeypatch.setenv("USERPROFILE", home)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for name in TREE:
        write(folder, name)
    return folder


@pytest.fixture
def repository(tree: Path) -> Path:
    """The same in a repository."""
    for name in ("objects", "refs", "info"):
        (tree / ".git" / name).mkdir(parents=True)
    write(tree, ".git/HEAD", "ref: refs/heads/main\n")
    return tree


@pytest.mark.parametrize(
    ("patterns", "ignored"),
    [
        ("", []),
        ("# a.py\n\n", []),
        ("a.py", ["a.py", "in/a.py", "in/deep/a.py"]),
        ("﻿b c.py\r\n", ["b c.py"]),
        ("/a.py", ["a.py"]),
        ("in/a.py", ["in/a.py"]),
        ("deep/a.py", []),
        ("**/deep/a.py", ["in/deep/a.py"]),
        ("in/**/a.py", ["in/a.py", "in/deep/a.py"]),
        ("in/**", ["in/a.py", "in/deep/a.py", "in/deep/ab.py"]),
        ("in/**.py", ["in/a.py"]),
        ("deep/", ["in/deep/a.py", "in/deep/ab.py"]),
        ("a.py/", []),
        ("other/*", ["other/[x].py", "other/é.py"]),
        ("in/*\n!in/deep", ["in/a.py"]),
        ("in\n!in/a.py", ["in/a.py", "in/deep/a.py", "in/deep/ab.py"]),
        ("!a.py\na.py\n!/in/a.py", ["a.py", "in/deep/a.py"]),
        ("*a*b*.py", ["in/deep/ab.py"]),
        ("b c.py  ", ["b c.py"]),
        ("b\\ c.py\\ ", []),
        ("*\\ ", []),
        ("\\a.p\\y", ["a.py", "in/a.py", "in/deep/a.py"]),
        ("in/**/[!b-z]?.py", ["in/deep/ab.py"]),
        ("/[]a].py", ["a.py"]),
        ("/[z-a].py\n/b[[:space:]]c.py", ["b c.py"]),
        ("\\[x\\].py", ["other/[x].py"]),
        ("[x].py", []),
        ("[[]*", ["other/[x].py"]),
        ("/??.py", []),
        ("other/??.py", ["other/é.py"]),  # bytes
        ("[a\n*\\\n/\n!\n[[:nope:]]*\n{a,b}.py", []),
    ],
)
def test_patterns_are_those_of_git(
    check: Command, repository: Path, patterns: str, ignored: list[str]
) -> None:
    write(repository, ".gitignore", patterns)
    wanted = [one for one in TREE if one not in ignored]
    assert left(check) == wanted
    if shutil.which("git"):
        assert git_leaves(repository) == wanted


def test_the_nearest_file_decides(check: Command, repository: Path) -> None:
    write(repository, ".git/info/exclude", "a.py\nother\n")
    write(repository, ".gitignore", "!/a.py\n/in/a.py\ndeep/*b.py")
    write(repository, "in/.gitignore", "!*b.py\n")
    write(repository, "in/deep/.gitignore", "/in/deep/ab.py\n!/a.py\n")
    wanted = ["a.py", "b c.py", "in/deep/a.py", "in/deep/ab.py"]
    assert left(check) == wanted
    if shutil.which("git"):
        assert git_leaves(repository) == wanted


def test_parents_count_up_to_the_repository(
    check: Command, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(repository, ".gitignore", "a.py")
    assert left(check, "in") == ["in/deep/ab.py"]
    monkeypatch.chdir(repository / "in")
    assert left(check) == ["deep/ab.py"]
    (repository / "in" / ".git").mkdir()
    assert left(check) == ["a.py", "deep/a.py", "deep/ab.py"]


@pytest.mark.parametrize("named", [["a.py"], ["in/a.py", "--force-exclude"], ["in/deep"]])
def test_what_is_named_is_wanted(check: Command, repository: Path, named: list[str]) -> None:
    write(repository, ".gitignore", "/a.py\nin/")
    found = [one for one in TREE if one.startswith(named[0])]
    assert left(check, *named) == found


def test_without_a_repository_only_plain_files_count(check: Command, tree: Path) -> None:
    write(tree, ".gitignore", "a.py")
    assert left(check) == TREE
    write(tree, ".ignore", "*b.py")
    assert left(check) == [one for one in TREE if one != "in/deep/ab.py"]


def test_plain_files_count_more(check: Command, repository: Path) -> None:
    write(repository, ".ignore", "!a.py")
    write(repository, "in/.gitignore", "*.py")
    assert left(check) == [one for one in TREE if one != "in/deep/ab.py"]


def test_worktrees_have_the_patterns_of_their_repository(check: Command, tree: Path) -> None:
    write(tree, "store/info/exclude", "a.py")
    write(tree, "store/worktrees/one/commondir", "../..\n")
    write(tree, ".git", "gitdir: store/worktrees/one\n")
    assert left(check) == NO_A


def test_the_patterns_of_a_user_count(check: Command, repository: Path) -> None:
    home = Path.home()
    write(home, ".config/git/ignore", "a.py")
    assert left(check) == NO_A
    write(home, ".gitconfig", "[core]\n\texcludesFile = ~/mine\n")
    write(home, "mine", "other")
    assert left(check) == [one for one in TREE if "other" not in one]


@pytest.mark.parametrize(
    ("setting", "arguments", "respected"),
    [
        ("true", [], True),
        ("false", [], False),
        ("false", ["--respect-gitignore"], True),
        ("true", ["--no-respect-gitignore"], False),
        ("false", ["--isolated"], True),
    ],
)
def test_settings_and_options_choose(
    check: Command, repository: Path, setting: str, arguments: list[str], respected: bool
) -> None:
    write(repository, ".gitignore", "a.py")
    write(repository, "pyproject.toml", f"[tool.holdfast.check]\nrespect-gitignore = {setting}\n")
    assert left(check, *arguments) == (NO_A if respected else TREE)


def test_many_stars_take_no_time(check: Command, repository: Path) -> None:
    write(repository, ".gitignore", f"{'*a' * 40}*b.py\n")
    write(repository, f"{'a' * 200}.py")
    assert len(left(check)) == len(TREE) + 1
