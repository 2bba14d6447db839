"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from holdfast.doctor.facts import Facts, Route
from holdfast.doctor.finding import Finding, Severity


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found: the sentence, and what it says otherwise than the rule's own text."""

    message: str
    why: str = ""
    fix: str = ""


Find = Callable[[Facts], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """An id that stays, when it speaks, the measured effect, what to do; and what finds it."""

    id: str
    name: str
    severity: Severity
    when: str
    why: str
    fix: str
    find: Find

    def examine(self, facts: Facts) -> Iterator[Finding]:
        """Its findings."""
        for found in self.find(facts):
            why, fix = found.why or self.why, found.fix or self.fix
            yield Finding(self.id, self.name, self.severity, found.message, why, fix)


def listed(names: Sequence[str], most: int = 3) -> str:
    """Some names in a sentence: "a, b and c", "a, b, c and 4 more"."""
    if len(names) > most + 1:
        names = [*names[:most], f"{len(names) - most} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def paths(routes: Sequence[Route]) -> str:
    """The paths of some routes in a sentence."""
    return listed([route.path for route in routes])
