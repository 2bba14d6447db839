"""Which comments silence what, and how they are added. What ruff 0.17 does was tried with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.check.files.suppress import Suppressions, add_noqa
from tests.check.commands import HEAD, Command

pytestmark = pytest.mark.newest


def rows(check: Command, text: str) -> list[int]:
    """Give the rows of what is found, counted without the head."""
    Path("x.py").write_text(HEAD + text)
    return [one["location"]["row"] - 1 for one in check.json("--no-cache")]


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "#noqa",
        "# NoQA",
        "# noqa because of that",
        "# noqa: WSK180",
        "# noqa:WSK180",
        "# noqa : WSK180",
        "# noqa:,WSK180",
        "# noqa: E501, WSK180",
        "# noqa: E501 WSK180",
        "# noqa: E501WSK180",
        "# noqa: WSK180 because",
        "# something # noqa: WSK180",
        "# type: ignore # noqa: WSK180",
        "# noqa: because # noqa: WSK180",
        "# ruff: ignore[WSK180]",
        "# ruff:ignore[E501, WSK180] because",
        "# ruff: ignore[fake-error]",
        "# holdfast: ignore[WSK180]",
        "# something # ruff: ignore[WSK180] # more",
    ],
)
def test_a_comment_silences_its_line(check: Command, comment: str) -> None:
    Path("x.py").write_text(f"{HEAD}wrong  {comment}\n")
    assert check.found("--ignore-noqa") == ["WSK180"]
    assert rows(check, f"wrong  {comment}\nwrong\n") == [2]


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: WSK281",
        "# noqa: WSK18",
        "# noqa: wsk180",
        "# noqa: fake-error",
        "# noqa: because",
        "# noqa:",
        "# noqa: E501, because, WSK180",
        "# noqua",
        "# ruff: noqa",
        "# ruff: ignore",
        "# ruff: ignore[]",
        "# ruff: ignore[WSK18]",
        "# ruff: ignore[wsk180]",
        "# ruff: ignore[ALL]",
        "# ruff: disable[WSK180]",
        "# ruff: file-ignore[WSK180]",
        "; x = '# noqa'",
    ],
)
def test_another_comment_does_not(check: Command, comment: str) -> None:
    assert rows(check, f"wrong  {comment}\n") == [1]


@pytest.mark.parametrize(
    "comment",
    [
        "# ruff: noqa",
        "# flake8: noqa",
        "# flake8: noqa because",
        "# ruff: noqa: WSK180",
        "# ruff: noqa: E501, WSK180 because",
        "# flake8: noqa: WSK180",
        "# holdfast: noqa",
        "# ruff: file-ignore[WSK180]",
        "# holdfast: file-ignore[fake-error]",
    ],
)
def test_a_comment_of_its_own_silences_a_file(check: Command, comment: str) -> None:
    assert rows(check, f"wrong\n{comment}\nwrong\n") == []


@pytest.mark.parametrize("comment", ["# ruff: noqa: WSK281", "# ruff: noqa: because"])
def test_another_one_does_not(check: Command, comment: str) -> None:
    assert rows(check, f"{comment}\nwrong\n") == [2]


def test_an_ignore_before_a_statement_is_about_all_its_lines(check: Command) -> None:
    text = """\
# ruff: ignore[WSK180]

# another comment
f(
    wrong,
    wrong)
wrong
# ruff: ignore[WSK180]
for x in wrong:
    wrong
# ruff: ignore[WSK180]
@wrong
def f(x=wrong): ...
# ruff: ignore[WSK180]
"""
    assert rows(check, text) == [7, 10, 13]


def test_within_brackets_it_is_about_a_line(check: Command) -> None:
    text = """\
f(wrong,  # ruff: ignore[WSK180]
  wrong)
f(wrong,
  # ruff: ignore[WSK180]
  # and more
  wrong,
  wrong)
"""
    assert rows(check, text) == [2, 3, 7]


def test_where_no_comment_can_stand_the_next_place_counts(check: Command) -> None:
    text = '''\
f(wrong, """
a""", 1)  # noqa
f(wrong, """
a""", 1)  # ruff: ignore[WSK180]
x = wrong + \\
    wrong  # noqa
f(wrong, """
a""",
    1)  # noqa
f(f"""{wrong}
{1}""")  # noqa
'''
    assert rows(check, text) == [7]


def test_a_long_finding_is_silenced_at_its_end_too() -> None:
    suppressions = Suppressions("f(\n  1\n)  # noqa\n")
    assert suppressions.noqa_row(1) == 1
    from holdfast.check.finding import Finding, Span

    assert suppressions.silences(Finding("x", Span(1, 1, 3, 2), "WSK180", "fake-error", ""))
    assert not suppressions.silences(Finding("x", Span(1, 1, 2, 2), "WSK180", "fake-error", ""))


def test_ranges_end_with_enable_or_with_their_block(check: Command) -> None:
    text = """\
def f():
    # ruff: disable[WSK180]
    wrong
    if x:
        wrong
        # ruff: enable[WSK180]
    wrong
    # ruff: enable[WSK281]
    wrong
    # ruff: enable[WSK180]
    wrong
def g():
    # holdfast: disable[fake-error]
    wrong
wrong
# ruff: disable[WSK180]
wrong
"""
    assert rows(check, text) == [11, 15]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("wrong", "wrong  # noqa: WSK180"),
        ("wrong  ", "wrong  # noqa: WSK180"),
        ("wrong  # why", "wrong  # why  # noqa: WSK180"),
        ("wrong  # noqa: E501", "wrong  # noqa: E501, WSK180"),
        ("wrong  # noqa:E501 because", "wrong  # noqa:E501, WSK180 because"),
        ("wrong  # noqa: because", "wrong  # noqa: because  # noqa: WSK180"),
        ("wrong  # noqa: E501 # type: ignore", "wrong  # noqa: E501, WSK180 # type: ignore"),
        ("wrong; x = '# noqa: E501'", "wrong; x = '# noqa: E501'  # noqa: WSK180"),
        ("wrong; odd", "wrong; odd  # noqa: WSK180, WSK281"),
        ('f(wrong, """\n""")', 'f(wrong, """\n""")  # noqa: WSK180'),
        ("wrong + \\\n 1", "wrong + \\\n 1  # noqa: WSK180"),
        ('f"""{wrong}\n"""', 'f"""{wrong}\n"""  # noqa: WSK180'),
        ("wrong \\\n # why", "wrong \\\n # why  # noqa: WSK180"),
        ("wrong \\\n", "wrong \\\n  # noqa: WSK180"),
    ],
)
def test_noqa_is_added_once(check: Command, before: str, after: str) -> None:
    path = Path("x.py")
    path.write_text(f"{HEAD}{before}\n")
    result = check("--add-noqa")
    assert (result.code, result.err) == (0, "Added 1 noqa comment.\n")
    assert path.read_text() == f"{HEAD}{after}\n"
    assert check("--add-noqa").err == "Added 0 noqa comments.\n"
    assert path.read_text() == f"{HEAD}{after}\n"
    assert check().code == 0


def test_noqa_is_added_for_what_is_selected(check: Command) -> None:
    Path("x.py").write_text(f"{HEAD}wrong; odd\nodd\n")
    assert check("--add-noqa", "--select", "WSK2").err == "Added 2 noqa comments.\n"
    assert Path("x.py").read_text() == f"{HEAD}wrong; odd  # noqa: WSK281\nodd  # noqa: WSK281\n"
    assert check.found() == ["WSK180"]


def test_line_ends_and_form_feeds_stay() -> None:
    text = "a = 1\r\n\x0cb = 2\rc = 3\n"
    added = add_noqa(text, {2: ["WSK1"], 3: ["WSK2"]})
    assert added == "a = 1\r\n\x0cb = 2  # noqa: WSK1\rc = 3  # noqa: WSK2\n"


def test_what_cannot_be_silenced_is_left_alone(check: Command) -> None:
    Path("x.py").write_text("def f(:\n")
    assert check("--add-noqa").err.startswith("Added 0 noqa comments.\nx.py:1:7: WSK001")
    assert Path("x.py").read_text() == "def f(:\n"


@pytest.mark.parametrize("option", ["--fix", "--diff", "-"])
def test_adding_comments_goes_with_nothing_else(check: Command, option: str) -> None:
    assert check("--add-noqa", option).code == 2
