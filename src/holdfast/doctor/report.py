"""Shows what was found: as text, or as JSON for programs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from holdfast.doctor.facts import Facts
from holdfast.doctor.finding import Finding, Severity
from holdfast.doctor.rules.rule import Rule

FORMAT = 1  # of the JSON; another number where a field changes its meaning or goes
WIDTH = 100

Paint = Callable[[str, Severity], str]


@dataclass(frozen=True, slots=True)
class Examination:
    """What was looked at, and what was found."""

    app: str
    facts: Facts
    findings: Sequence[Finding]

    def count(self, severity: Severity) -> int:
        """How many findings are of that severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def fails(self, strict: bool) -> bool:
        """Whether a build should fail; ``strict``: for notes, too."""
        return bool(self.findings) if strict else self.count(Severity.NOTE) < len(self.findings)


def as_text(examination: Examination, paint: Paint = lambda text, severity: text) -> str:
    """For people. ``paint`` colours the head of a finding."""
    blocks = [_block(finding, paint) for finding in examination.findings]
    text = "\n\n".join([*blocks, _summary(examination)])
    return text.encode(errors="backslashreplace").decode()


def _block(finding: Finding, paint: Paint) -> str:
    head = paint(f"{finding.id} {finding.severity}", finding.severity)
    plain = len(f"{finding.id} {finding.severity}: ")
    first = textwrap.wrap(f"{'x' * plain}{finding.message}", WIDTH)
    message = "\n".join([f"{head}: {first[0][plain:]}", *(f"  {line}" for line in first[1:])])
    return "\n".join([message, _indented("why", finding.why), _indented("fix", finding.fix)])


def _indented(label: str, text: str) -> str:
    return textwrap.fill(
        f"{label}: {text}",
        WIDTH,
        initial_indent="  ",
        subsequent_indent="       ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def _summary(examination: Examination) -> str:
    server = examination.facts.server
    where = examination.app + (f" on {server.label}" if server is not None else "")
    counts = [_counted(examination.count(severity), severity) for severity in Severity]
    said = " and ".join(", ".join(filter(None, counts)).rsplit(", ", 1))
    return f"{said or 'Nothing to complain of'} in {where}."


def _counted(number: int, severity: Severity) -> str:
    return f"{number} {severity}{'s' if number > 1 else ''}" if number else ""


def as_json(examination: Examination) -> str:
    """For programs: one object, described in docs/doctor.md."""
    return json.dumps(document(examination), indent=2)


def document(examination: Examination) -> dict[str, Any]:
    """The JSON's content."""
    facts = examination.facts
    server = facts.server
    return {
        "format": FORMAT,
        "app": examination.app,
        "server": None if server is None else _server(asdict(server)),
        "routes": [
            {"path": route.path, "handler": route.handler, "kind": route.kind}
            for route in facts.app.routes
        ],
        "installed": dict(sorted(facts.machine.installed.items())),
        "findings": [asdict(finding) for finding in examination.findings],
        "summary": {f"{one}s": examination.count(one) for one in Severity},
    }


def _server(fields: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "version", "engine", "engine_version", "protocol", "workers")
    return {name: fields[name] for name in names}


def as_table(rules: Sequence[Rule]) -> str:
    """The table of docs/doctor.md."""
    rows = [
        f"| `{rule.id}` {rule.name} | {rule.severity} | {rule.when} | {rule.why} | {rule.fix} |"
        for rule in rules
    ]
    return "\n".join(["| id | | when | why | what to do |", "|---|---|---|---|---|", *rows])
