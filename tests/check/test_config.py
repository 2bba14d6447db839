"""Which rules look at which files, by the command line and by pyproject.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.check.files.config import KEYS, Resolver
from holdfast.check.files.patterns import Pattern
from tests.check.commands import HEAD, Command

pytestmark = pytest.mark.newest

ALL_THREE = f"{HEAD}wrong\nodd\nnote\n"
THREE = ["WSK180", "WSK281", "WSK282"]


@pytest.fixture
def file(folder: Path) -> Path:
    path = folder / "x.py"
    path.write_text(ALL_THREE)
    return path


def settings(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(f"[tool.holdfast.check]\n{text}\n")


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        ([], THREE),
        (["--select", "ALL"], THREE),
        (["--select", "WSK"], THREE),
        (["--select", "wsk1"], ["WSK180"]),
        (["--select", "WSK1,WSK282"], ["WSK180", "WSK282"]),
        (["--select", "WSK1", "--select", "WSK282"], ["WSK180", "WSK282"]),
        (["--select", "fake-info"], ["WSK282"]),
        (["--ignore", "WSK2"], ["WSK180"]),
        (["--ignore", "fake-error"], ["WSK281", "WSK282"]),
        (["--select", "WSK2", "--ignore", "WSK281"], ["WSK282"]),
        (["--select", "WSK281", "--ignore", "WSK2"], ["WSK281"]),
        (["--select", "WSK1", "--extend-select", "WSK281"], ["WSK180", "WSK281"]),
        (["--extend-select", "WSK281", "--ignore", "WSK2"], ["WSK180", "WSK281"]),
        (["--ignore", "WSK1", "--extend-ignore", "WSK281"], ["WSK282"]),
        (["--select", "ALL", "--ignore", "ALL"], []),
        (["--per-file-ignores", "x.py:WSK2"], ["WSK180"]),
        (["--per-file-ignores", "*.py:WSK281,x.*:fake-error"], ["WSK282"]),
        (["--per-file-ignores", "y.py:WSK2"], THREE),
        (["--per-file-ignores", "!y.py:WSK2"], ["WSK180"]),
        (["--select", "WSK281", "--per-file-ignores", "x.py:WSK2"], []),
    ],
)
def test_options_choose_rules(
    check: Command, file: Path, arguments: list[str], codes: list[str]
) -> None:
    assert check.found(*arguments) == codes


@pytest.mark.parametrize(
    ("text", "arguments", "codes"),
    [
        ("", [], THREE),
        ('select = ["WSK1"]', [], ["WSK180"]),
        ('select = ["WSK1"]', ["--select", "WSK2"], ["WSK281", "WSK282"]),
        ('select = ["WSK1"]', ["--extend-select", "WSK281"], ["WSK180", "WSK281"]),
        ('select = ["WSK2"]', ["--ignore", "WSK281"], ["WSK282"]),
        ('ignore = ["WSK281"]', [], ["WSK180", "WSK282"]),
        # A select chooses anew; an ignore holds on only where nothing at all was selected.
        ('ignore = ["WSK281"]', ["--select", "WSK2"], ["WSK281", "WSK282"]),
        ('select = []\nignore = ["WSK281"]', ["--select", "WSK2"], ["WSK282"]),
        ('select = ["ALL"]\nignore = ["WSK281"]', ["--select", "WSK2"], ["WSK281", "WSK282"]),
        ('ignore = ["WSK281"]', ["--extend-select", "WSK281"], THREE),
        ('select = ["WSK1"]\nextend-select = ["fake-info"]', [], ["WSK180", "WSK282"]),
        ("select = []", [], []),
        ('per-file-ignores = {"*.py" = ["WSK2"]}', [], ["WSK180"]),
        ('per-file-ignores = {"x.py" = ["WSK2"]}', ["--per-file-ignores", "y:WSK1"], THREE),
        (
            'per-file-ignores = {"x.py" = ["WSK1"]}',
            ["--extend-per-file-ignores", "x.py:WSK281"],
            ["WSK282"],
        ),
        ('extend-per-file-ignores = {"x.py" = ["WSK2"]}', [], ["WSK180"]),
        ('select = ["WSK1"]', ["--isolated"], THREE),
    ],
)
def test_settings_choose_rules(
    check: Command, file: Path, text: str, arguments: list[str], codes: list[str]
) -> None:
    settings(file.parent, text)
    assert check.found(*arguments) == codes


def test_the_nearest_settings_count(check: Command, folder: Path) -> None:
    settings(folder, 'select = ["WSK1"]')
    settings(folder / "inner", 'select = ["WSK281"]')
    (folder / "other").mkdir()
    # This one says nothing about us, so the next one upwards does.
    (folder / "other" / "pyproject.toml").write_text("[tool.ruff]\n")
    for name in ("x.py", "inner/x.py", "other/x.py"):
        (folder / name).write_text(ALL_THREE)
    found = {Path(one["filename"]): one["code"] for one in check.json()}
    assert found == {
        folder / "x.py": "WSK180",
        folder / "inner" / "x.py": "WSK281",
        folder / "other" / "x.py": "WSK180",
    }


def test_a_file_with_settings_can_be_named(check: Command, file: Path) -> None:
    settings(file.parent, 'select = ["WSK1"]')
    other = file.parent / "other.toml"
    other.write_text('[tool.holdfast.check]\nselect = ["WSK281"]\n')
    assert check.found("--config", other) == ["WSK281"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('selekt = ["WSK1"]', "selekt in [tool.holdfast.check]: there is no such key, did you"),
        ("extend_select = []", "did you mean extend-select?"),
        ("xyzzy = 1", f"there is no such key, expected one of {', '.join(KEYS)}"),
        ('select = "WSK1"', 'expected a list of codes such as ["WSK1"], got \'WSK1\''),
        ("ignore = [1]", "ignore in [tool.holdfast.check]: expected a list of codes"),
        ('select = ["WSK9"]', "No rule has the code, prefix or name 'WSK9'"),
        ("exclude = true", "exclude in [tool.holdfast.check]: expected a list of patterns"),
        ('unsafe-fixes = "yes"', "expected true or false, got 'yes'"),
        ('per-file-ignores = ["a"]', "expected a table of patterns with codes"),
        ('per-file-ignores = {"a" = "WSK1"}', "per-file-ignores.'a' in [tool.holdfast.check]"),
        ('per-file-ignores = {"a" = ["WSK9"]}', "'WSK9'"),
        ('exclude = ["[z-a]"]', "exclude in [tool.holdfast.check]: '[z-a]' is no pattern: bad"),
        ('per-file-ignores = {"[z-a]" = []}', "'[z-a]' is no pattern"),
        ("select = [", "pyproject.toml cannot be read: "),
    ],
)  # fmt: skip
def test_wrong_settings_are_one_sentence(check: Command, file: Path, text: str, says: str) -> None:
    settings(file.parent, text)
    result = check()
    assert (result.code, result.out) == (2, "")
    (line,) = result.err.splitlines()
    assert line.startswith("Error: ")
    assert str(file.parent / "pyproject.toml") in line
    assert says in line


@pytest.mark.parametrize(
    "text", ["tool = 1", "[tool]\nholdfast = 1", "[tool.holdfast]\ncheck = []"]
)
def test_what_is_no_table_is_said(check: Command, file: Path, text: str) -> None:
    (file.parent / "pyproject.toml").write_text(text)
    result = check()
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith(" is no table\n")


@pytest.mark.parametrize(
    "text", ["[tool]\nother = 1\n", "[tool.holdfast]\nother = 1\n", "", "x = 1"]
)
def test_other_settings_are_not_ours(check: Command, file: Path, text: str) -> None:
    (file.parent / "pyproject.toml").write_text(text)
    assert check.found() == THREE


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--select", "NOPE"], "No rule has the code, prefix or name 'NOPE'"),
        (["--ignore", "WSK9"], "'WSK9'"),
        (["--extend-select", "nope"], "'nope'"),
        (["--per-file-ignores", "x.py"], "expected PATTERN:CODE, got 'x.py'"),
        (["--per-file-ignores", "x.py:NOPE"], "'NOPE'"),
        (["--per-file-ignores", "[z-a]:WSK1"], "'[z-a]' is no pattern"),
        (["--exclude", "[z-a]"], "'[z-a]' is no pattern"),
        (["--select", ""], "expected codes, got ''"),
        (["--show-files", "-"], "--show-files"),
        (["--config", "gone.toml"], "gone.toml is no file with settings"),
        (["--config", "x.py"], "x.py cannot be read"),
        (["--config", "x.py", "--isolated"], "--isolated"),
        (["--explain", "WSK999"], "There is no rule 'WSK999'"),
        (["--output-format", "xml"], "xml"),
        (["--statistics", "--output-format", "sarif"], "--statistics"),
        (["--jobs", "0"], "0"),
        (["--nope"], "--nope"),
        (["-", "x.py"], "standard input"),
    ],
)
def test_a_wrong_call_is_one_sentence(
    check: Command, file: Path, arguments: list[str], says: str
) -> None:
    result = check(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines()[-1].startswith("Error: ")
    assert says in result.err.splitlines()[-1]


# -- files -----------------------------------------------------------------------------------------


def tree(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{HEAD}wrong\n")


def files(check: Command, folder: Path, *arguments: str) -> list[str]:
    found = check.json(*arguments)
    return [Path(one["filename"]).relative_to(folder).as_posix() for one in found]


def test_folders_are_searched_but_not_those_of_others(check: Command, folder: Path) -> None:
    others = (".venv", ".tox", "node_modules", "__pycache__", "build", "dist", "site-packages")
    tree(folder, "a.py", "b/c.py", "b/d.pyi", "e.txt", *(f"b/{one}/x.py" for one in others))
    tree(folder, "my-environment/lib/x.py")
    (folder / "my-environment" / "pyvenv.cfg").touch()
    assert files(check, folder) == ["a.py", "b/c.py", "b/d.pyi"]
    assert files(check, folder, "b", ".", "a.py", "./a.py") == ["b/c.py", "b/d.pyi", "a.py"]
    # What is named is wanted.
    assert files(check, folder, "b/build", "e.txt") == ["b/build/x.py", "e.txt"]


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (["--exclude", "b"], ["a.py", "build/x.py"]),
        (["--extend-exclude", "b"], ["a.py"]),
        (["--extend-exclude", "b/"], ["a.py"]),
        (["--extend-exclude", "b/*.py"], ["a.py"]),
        (["--extend-exclude", "**/c.py"], ["a.py", "b/d/e.py"]),
        (["--extend-exclude", "a.py,c.py"], ["b/d/e.py"]),
        (["--extend-exclude", "{a,c}.py"], ["b/d/e.py"]),
        (["--extend-exclude", "[ac].py"], ["b/d/e.py"]),
        (["--extend-exclude", "./b/d"], ["a.py", "b/c.py"]),
        (["--exclude", "a.py", "a.py"], ["a.py"]),
        (["--exclude", "a.py", "--force-exclude", "a.py", "b/c.py"], ["b/c.py"]),
        (["--exclude", "b", "--force-exclude", "a.py", "b/c.py"], ["a.py"]),
        (["--force-exclude", "build/x.py"], []),
    ],
)
def test_files_are_left_out(
    check: Command, folder: Path, arguments: list[str], left: list[str]
) -> None:
    tree(folder, "a.py", "b/c.py", "b/d/e.py", "build/x.py")
    assert files(check, folder, *arguments) == left


def test_settings_leave_files_out_from_where_they_are(check: Command, folder: Path) -> None:
    tree(folder, "a.py", "in/a.py", "in/b/a.py", "in/build/a.py", "in/c/a.py")
    settings(folder / "in", 'exclude = ["b/a.py"]\nextend-exclude = ["c"]')
    assert files(check, folder) == ["a.py", "in/a.py", "in/build/a.py"]


def test_nothing_to_check_is_said(check: Command, folder: Path) -> None:
    result = check()
    assert (result.code, result.out, result.err) == (
        0, "All checks passed.\n", "There is no Python file here.\n",
    )  # fmt: skip
    assert check("-q") == (0, "", "")


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("x.py", "a/x.py", True),
        ("a/x.py", "a/x.py", True),
        ("a/x.py", "b/a/x.py", False),
        ("**/a/x.py", "b/a/x.py", True),
        ("**/x.py", "x.py", True),
        ("a/**/x.py", "a/x.py", True),
        ("a/*", "a/b/c.py", True),
        ("a?.py", "ab.py", True),
        ("a?.py", "a/.py", False),
        ("[!a].py", "b.py", True),
        ("[!a].py", "a.py", False),
        ("a.b", "aXb", False),
        ("a{", "a{", True),
        ("[", "[", True),
        ("/r(o)ot/a/*.py", "a/x.py", True),
    ],
)
def test_globs_are_those_of_ruff(glob: str, path: str, fits: bool) -> None:
    root = Path("/r(o)ot")
    assert Pattern(glob, root).fits(root / path) is fits
    assert Pattern(f"!{glob}", root).fits(root / path) is not fits


def test_a_folder_is_asked_for_once(folder: Path) -> None:
    settings(folder, 'select = ["WSK0"]')
    resolver = Resolver()
    first = resolver.for_file(folder / "a" / "b.py")
    (folder / "pyproject.toml").unlink()
    assert resolver.for_file(folder / "a" / "c.py") is first
