"""Looks at the versions, the settings and the app, and says what will hurt.

Facts are gathered (``machine``, ``application``, ``serving``), rules look at them, and what they
find is data: no rule asks the machine anything.
"""

from __future__ import annotations

from collections.abc import Collection

from holdfast.doctor.facts import Facts
from holdfast.doctor.finding import Finding as Finding
from holdfast.doctor.finding import Severity as Severity
from holdfast.doctor.rules import RULES as RULES


def examine(facts: Facts, ignored: Collection[str] = ()) -> list[Finding]:
    """What the rules find, the worst first; those whose id or name is ignored left out."""
    found = [
        finding
        for rule in RULES
        if rule.id not in ignored and rule.name not in ignored
        for finding in rule.examine(facts)
    ]
    return sorted(found, key=lambda one: (one.severity.rank, one.id))
