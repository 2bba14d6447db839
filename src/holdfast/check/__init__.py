"""The static checker: finds WebSocket mistakes in Python code without running it.

Standard library only, so that it starts at once and runs anywhere: in an editor, in a hook, without
the packages of the code that it looks at.
"""

from holdfast.check.finding import Finding
from holdfast.check.report import FORMATS, render
from holdfast.check.rules import RULES, Rule
from holdfast.check.run import check_paths
from holdfast.check.selection import UnknownCode, explain, select

__all__ = [
    "FORMATS",
    "RULES",
    "Finding",
    "Rule",
    "UnknownCode",
    "check_paths",
    "explain",
    "render",
    "select",
]
