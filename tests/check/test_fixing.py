"""What --fix and --diff change, and what they leave alone."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest

from holdfast.check.files.fixing import apart, apply_edits
from holdfast.check.finding import Edit, Finding, Fix, Span
from tests.check.commands import HEAD, Command

pytestmark = pytest.mark.newest

WRONG = f"{HEAD}wrong; wrong\nodd\nnote\n"


@pytest.fixture
def file(folder: Path) -> Path:
    path = folder / "x.py"
    path.write_text(WRONG)
    return path


def test_fix_mends_what_is_safe_and_says_what_is_left(check: Command, file: Path) -> None:
    result = check("--fix", "--output-format", "concise")
    assert file.read_text() == f"{HEAD}right; right\nodd\nnote\n"
    assert result.code == 1
    assert result.out.splitlines() == [
        "x.py:3:1: WSK281 fake-warning: `odd` is no good",
        "x.py:4:1: WSK282 fake-info: `note` is no good",
        "Found 4 mistakes (2 fixed, 2 remaining): 1 warning, 1 info.",
        "1 fixable with `--fix --unsafe-fixes`.",
    ]
    before = file.stat().st_mtime_ns
    assert check("--fix").code == 1
    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize("place", ["option", "settings"])
def test_unsafe_fixes_are_made_if_they_are_wanted(check: Command, file: Path, place: str) -> None:
    table = "[tool.holdfast.check]\nunsafe-fixes = true\n"
    file.with_name("pyproject.toml").write_text(table if place == "settings" else "")
    options = ["--unsafe-fixes"] if place == "option" else []
    shown = check("--output-format", "concise", *options)
    assert shown.out.count("[*] fake-warning") == 1
    assert shown.out.splitlines()[-1] == "[*] 3 fixable with `--fix`."
    check("--fix", *options)
    assert file.read_text() == f"{HEAD}right; right\neven\nnote\n"


@pytest.mark.parametrize(
    ("text", "arguments", "mended"),
    [
        ("", ["--unfixable", "WSK1"], "wrong; wrong\neven"),
        ("", ["--fixable", "fake-error"], "right; right\nodd"),
        ('unfixable = ["ALL"]', [], "wrong; wrong\nodd"),
        ('fixable = ["WSK1"]', ["--extend-fixable", "WSK2"], "right; right\neven"),
    ],
)
def test_some_are_not_mended(
    check: Command, file: Path, text: str, arguments: list[str], mended: str
) -> None:
    file.with_name("pyproject.toml").write_text(f"[tool.holdfast.check]\n{text}\n")
    marked = check("--unsafe-fixes", "--output-format", "concise", *arguments).out.count(
        " [*] fake"
    )
    assert marked == mended.count("right") + mended.count("even")
    check("--fix", "--unsafe-fixes", *arguments)
    assert file.read_text() == f"{HEAD}{mended}\nnote\n"


def test_what_is_left_is_not_told_where_mending_is_all(check: Command, file: Path) -> None:
    for _ in range(2):
        result = check("--fix-only")
        assert (result.code, result.out) == (0, "")
        assert file.read_text() == f"{HEAD}right; right\nodd\nnote\n"
    assert result.err == "Fixed 0 mistakes.\n"
    file.write_text(WRONG)
    assert check("--fix-only", "--exit-non-zero-on-fix").code == 1
    assert check("--fix-only", "-", stdin=WRONG.encode()).out == file.read_text()


def test_thousands_of_fixes_are_chosen_at_once() -> None:
    def finding(start: int, end: int, text: str = "") -> Finding:
        edit = Edit(Span(1, start, 1, end), text)
        return Finding("x.py", Span(1, 1, 1, 1), "WSK180", "x", "x", fix=Fix("x", (edit,)))

    begin = time.monotonic()
    many = [finding(one * 3, one * 3 + 2) for one in range(1, 10_000)]
    within = [finding(one * 3 + 1, one * 3 + 1, "x") for one in range(1, 10_000)]
    assert list(apart([*many, *within, *many])) == many * 2, "equal ones go together"
    assert time.monotonic() - begin < 20  # comparing each with each would take minutes
    # One may begin where another ends, and not where it begins.
    assert list(apart([finding(3, 5), finding(5, 5), finding(5, 7), finding(1, 3)])) == [
        finding(3, 5), finding(5, 5), finding(1, 3),
    ]  # fmt: skip


def test_an_option_takes_unsafe_fixes_back(check: Command, file: Path) -> None:
    file.with_name("pyproject.toml").write_text("[tool.holdfast.check]\nunsafe-fixes = true\n")
    check("--fix", "--no-unsafe-fixes")
    assert "odd" in file.read_text()


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        ("wrong", ["--fix"], 0),
        ("wrong", ["--fix", "--exit-non-zero-on-fix"], 1),
        ("right", ["--fix", "--exit-non-zero-on-fix"], 0),
        ("note", ["--fix"], 1),
        ("note", ["--fix", "--exit-zero"], 0),
        ("wrong", ["--exit-zero"], 0),
        ("wrong", ["--diff"], 1),
        ("note", ["--diff"], 0),
        ("wrong", ["--diff", "--fix"], 1),
    ],
)
def test_the_exit_code_says_what_happened(
    check: Command, file: Path, text: str, arguments: list[str], code: int
) -> None:
    file.write_text(f"{HEAD}{text}\n")
    assert check(*arguments).code == code


def test_only_what_is_found_is_mended(check: Command, file: Path) -> None:
    file.write_text(f"{HEAD}wrong  # noqa: WSK180\nwrong\n")
    check("--fix", "--ignore", "WSK180")
    assert file.read_text() == f"{HEAD}wrong  # noqa: WSK180\nwrong\n"
    check("--fix")
    assert file.read_text() == f"{HEAD}wrong  # noqa: WSK180\nright\n"


def test_diff_changes_nothing(check: Command, file: Path) -> None:
    result = check("--diff", "--fix")
    assert file.read_text() == WRONG
    assert (
        result.out
        == """\
--- x.py
+++ x.py
@@ -1,4 +1,4 @@
 import websocket
-wrong; wrong
+right; right
 odd
 note
"""
    )
    assert result.err == "Would fix 2 mistakes (1 more with `--unsafe-fixes`).\n"


def test_diff_says_where_a_file_has_no_last_line_end(check: Command, file: Path) -> None:
    file.write_text(f"{HEAD}wrong")
    assert check("--diff", "-q").out.splitlines()[3:] == [
        " import websocket",
        "-wrong",
        r"\ No newline at end of file",
        "+right",
        r"\ No newline at end of file",
    ]


@pytest.mark.parametrize(
    "content",
    [
        f"{HEAD}wrong\r\nx = 'é'\r\n".encode(),
        f"{HEAD}wrong\r\nx\rwrong\n".encode(),
        b"\xef\xbb\xbfimport websocket\nwrong\n",
        "# coding: latin-1\nimport websocket\nx = 'é'; wrong\n".encode("latin-1"),
        "import websocket\n\x0cx = '日本'; wrong\n".encode(),
        b"import websocket\n\tx = 1 if wrong else 2\n".replace(b"\tx", b"if 1:\n\tx"),
        b"import websocket\nwrong",
    ],
)
def test_all_else_stays(check: Command, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    file.chmod(0o755)
    check("--fix")
    assert file.read_bytes() == content.replace(b"wrong", b"right")
    assert stat.S_IMODE(file.stat().st_mode) == 0o755
    assert [one.name for one in file.parent.iterdir() if one.name.startswith(".x")] == []


def test_a_link_stays_one(check: Command, file: Path) -> None:
    target = file.rename(file.with_name("target"))
    file.symlink_to(target)
    check("--fix")
    assert file.is_symlink()
    assert "right" in target.read_text()


def test_a_fix_that_makes_no_python_is_not_made(check: Command, file: Path) -> None:
    file.write_text(f"{HEAD}wrong; bad; wrong\nwrong\n")
    result = check("--fix")
    assert file.read_text() == f"{HEAD}right; bad; right\nright\n"
    assert result.code == 2
    assert "WSK384 fake-bad-fix is not fixed, its result would be no Python" in result.err
    assert "defect of Holdfast" in result.err


def test_a_fix_that_changes_nothing_ends(check: Command, file: Path) -> None:
    file.write_text(f"{HEAD}ping\nwrong\n")
    result = check("--fix")
    assert file.read_text() == f"{HEAD}ping\nright\n"
    assert "WSK385 fake-loop is not fixed" in result.err


def test_a_file_that_cannot_be_written_is_a_sentence(check: Command, file: Path) -> None:
    from holdfast.check.files import mending

    def refuse(path: Path, _content: bytes) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    with pytest.MonkeyPatch.context() as patch:  # root may write anywhere
        patch.setattr(mending, "write_bytes", refuse)
        result = check("--fix")
    assert result.code == 2
    assert "Error: x.py was not changed: Permission denied\n" in result.err
    assert "WSK180 [*] fake-error" in result.out


def test_the_standard_input_is_mended_on_the_output(check: Command, folder: Path) -> None:
    result = check("--fix", "-", stdin=WRONG.encode())
    assert result.out == f"{HEAD}right; right\nodd\nnote\n"
    assert "Found 4 mistakes (2 fixed, 2 remaining)" in result.err
    assert result.code == 1
    assert check("--diff", "-", stdin=WRONG.encode()).out.startswith("--- -\n+++ -\n@@")
    # What cannot be mended comes out as it went in.
    for text in ("def f(:\n", "x = 1\n"):
        assert check("--fix", "-", stdin=text.encode()).out == text


def test_what_was_mended_is_listed(check: Command, file: Path) -> None:
    assert check("--fix", "--show-fixes").err.splitlines() == [
        "Fixed in x.py:",
        "    2 x WSK180 fake-error",
    ]


@pytest.mark.parametrize(
    ("edits", "after"),
    [
        ([((1, 1, 1, 1), "x")], "xab\r\ncd"),
        ([((1, 3, 1, 3), "\nx")], "ab\r\nx\r\ncd"),
        ([((1, 1, 2, 1), "")], "cd"),
        ([((2, 3, 2, 3), "\nx")], "ab\r\ncd\r\nx"),
        ([((3, 1, 3, 1), "\nx")], "ab\r\ncd\r\nx"),
        ([((1, 2, 2, 2), "-")], "a-d"),
        ([((1, 1, 1, 2), "x"), ((2, 2, 2, 3), "y")], "xb\r\ncy"),
        ([((1, 99, 1, 99), "x")], "abx\r\ncd"),
    ],
)
def test_edits_count_characters(
    edits: list[tuple[tuple[int, int, int, int], str]], after: str
) -> None:
    assert apply_edits("ab\r\ncd", [Edit(Span(*span), text) for span, text in edits]) == after
