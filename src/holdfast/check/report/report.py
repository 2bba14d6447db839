"""What is to be shown, whatever the format."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.check.files.run import Failure, Seen
from holdfast.check.files.selection import ABOUT_FILES_CODES
from holdfast.check.finding import Finding

# Where the page of each rule is, seen from the top of Holdfast's repository.
PAGES = "docs/checks"

Paint = Callable[[str, str], str]


def plain(text: str, _style: str) -> str:
    """Show a text as it is."""
    return text


@dataclass(frozen=True, slots=True)
class Report:
    """Findings, how many were mended before, and the rules that broke.

    `unsafe` says whether the user wants unsafe fixes. `paint` colours a text: by a severity, or as
    "bold", "dim", "added" or "removed".
    """

    seen: Sequence[Seen] = ()
    failures: Sequence[Failure] = ()
    fixed: int = 0
    unsafe: bool = False
    quiet: bool = False
    paint: Paint = field(default=plain)

    @property
    def findings(self) -> list[Finding]:
        """The findings alone."""
        return [one.finding for one in self.seen]

    def is_fixable(self, finding: Finding) -> bool:
        """Tell whether `--fix`, as things are, would mend a finding."""
        return finding.fix is not None and (finding.fix.safe or self.unsafe)


def page(code: str) -> str | None:
    """Say where the documentation of a rule is; what is said about files needs none."""
    return None if code in ABOUT_FILES_CODES else f"{PAGES}/{code}.md"


def absolute(finding: Finding) -> str:
    """Give the whole path of a finding's file."""
    return os.path.abspath(finding.filename)


def relative(finding: Finding) -> str:
    """Give the path of a finding's file from the current folder, if it is below, with slashes."""
    path, here = Path(absolute(finding)), Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def fingerprints(findings: Sequence[Finding]) -> Iterator[str]:
    """Give each finding a name that stays when lines above it come and go."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        key = (relative(finding), finding.code, finding.line.strip() or finding.message)
        counts[key] += 1
        text = "\0".join((*key, str(counts[key])))
        yield hashlib.blake2b(text.encode(errors="replace"), digest_size=16).hexdigest()
