"""Shows findings, in a format of its own file each."""

from __future__ import annotations

from collections.abc import Callable

from holdfast.check.report.data import as_json
from holdfast.check.report.github import github
from holdfast.check.report.gitlab import gitlab
from holdfast.check.report.junit import junit
from holdfast.check.report.report import Paint, Report, page, plain
from holdfast.check.report.sarif import sarif
from holdfast.check.report.statistics import as_data, as_table
from holdfast.check.report.text import concise, full

__all__ = ["FORMATS", "STATISTICS", "Paint", "Report", "page", "plain", "render"]

Format = Callable[[Report], str]

FORMATS: dict[str, Format] = {
    "full": full,
    "concise": concise,
    "json": as_json,
    "github": github,
    "gitlab": gitlab,
    "sarif": sarif,
    "junit": junit,
}
STATISTICS: dict[str, Format] = {"full": as_table, "concise": as_table, "json": as_data}


def render(report: Report, form: str, statistics: bool = False) -> str:
    """Show findings in one of the FORMATS, in characters that any output can take."""
    shown = (STATISTICS if statistics else FORMATS)[form](report)
    return shown.encode(errors="backslashreplace").decode()
