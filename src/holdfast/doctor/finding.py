"""What the doctor reports: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is, the worst first."""

    ERROR = "error"
    """It does not work, or loses data, in ordinary use."""
    WARNING = "warning"
    """It hurts when something ordinary happens: a client stalls, a server restarts."""
    NOTE = "note"
    """It costs something, or is commonly misunderstood. Does not fail a build."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that will hurt: what it is, what it does (measured), and what to do."""

    id: str
    name: str
    severity: Severity
    message: str
    why: str
    fix: str
