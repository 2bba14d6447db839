"""How often each rule found something."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from holdfast.check.report.report import Report
from holdfast.check.report.text import summary


def statistics(report: Report) -> list[dict[str, Any]]:
    """Count by rule, the most frequent first."""
    counts = Counter((one.code, one.name) for one in report.findings)
    fixable = Counter(one.code for one in report.findings if report.is_fixable(one))
    return [
        {
            "code": code,
            "name": name,
            "count": count,
            "fixable": fixable[code] == count,
            "fixable_count": fixable[code],
        }
        for (code, name), count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]


def as_table(report: Report) -> str:
    """Show the counts to people."""
    rows = statistics(report)
    width = max((len(str(one["count"])) for one in rows), default=0)
    mark = {True: "[*]", False: "[ ]"}
    lines = [
        f"{one['count']:>{width}}  {one['code']}  {mark[bool(one['fixable_count'])]} {one['name']}"
        for one in rows
    ]
    return "\n".join([*lines, *summary(report)])


def as_data(report: Report) -> str:
    """Give the counts as JSON."""
    return json.dumps(statistics(report), indent=2)
