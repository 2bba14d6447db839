"""Writes docs/checks: a page for each rule of the checker, from the rule's own text, and a list.

`--check` writes nothing and fails where a page is not what it would write.
"""

import sys
from pathlib import Path

from holdfast.check.rules import RULES, Rule

FOLDER = Path(__file__).parent.parent / "docs" / "checks"
THEMES = {
    "1": "Handshake, protocol and closing",
    "2": "Noticing that the client is gone",
    "3": "Registries and broadcast",
    "4": "Tasks and queues",
    "5": "Blocking and resources",
    "6": "Payload",
    "7": "Security",
    "9": "Holdfast's own interface",
}
FIXES = {
    "safe": "`holdfast check --fix` mends it.",
    "unsafe": "`holdfast check --fix --unsafe-fixes` mends it; read what it changes.",
    "": "No fix is offered.",
}
HEAD = """# The rules of `holdfast check`

Made from the rules themselves by `make pages`; `holdfast check --explain WSK101` shows the same in
a terminal. How to use the checker: [docs/check.md](../check.md).
"""


def page(rule: Rule) -> str:
    """Write the page of one rule."""
    kind = f"*{rule.severity.capitalize()}. {FIXES[rule.fixes]}*"
    mend = f"**To mend it:** {rule.help.rstrip('.')}."
    return f"# {rule.code} `{rule.name}`\n\n{kind}\n\n{rule.explanation.strip()}\n\n{mend}\n"


def index() -> str:
    """Write the list of all rules."""
    parts = [HEAD]
    for digit, theme in THEMES.items():
        rows = [row(rule) for rule in RULES if rule.code[3] == digit]
        if rows:
            table = [
                "| Code | Name | Severity | What it finds | Fix |",
                "|---|---|---|---|---|",
                *rows,
            ]
            parts.append(f"## {theme}\n\n" + "\n".join(table) + "\n")
    return "\n".join(parts)


def row(rule: Rule) -> str:
    """Write a rule's row of the list."""
    summary = rule.explanation.strip().split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
    fix = {"safe": "yes", "unsafe": "on request", "": ""}[rule.fixes]
    return (
        f"| [{rule.code}]({rule.code}.md) | `{rule.name}` | {rule.severity} | {summary} | {fix} |"
    )


def pages() -> dict[Path, str]:
    """Give what every page ought to say."""
    found = {FOLDER / f"{rule.code}.md": page(rule) for rule in RULES}
    return {FOLDER / "README.md": index(), **found}


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them."""
    wanted = pages()
    there = set(FOLDER.glob("*.md")) if FOLDER.is_dir() else set()
    wrong = [path for path, text in wanted.items() if path not in there or path.read_text() != text]
    stray = sorted(there - set(wanted))
    if "--check" in arguments:
        for path in (*wrong, *stray):
            name = path.relative_to(FOLDER.parent.parent)
            print(f"{name} is not what the rules say: run `make pages`")
        return 1 if wrong or stray else 0
    FOLDER.mkdir(exist_ok=True)
    for path in stray:
        path.unlink()
    for path in wrong:
        path.write_text(wanted[path])
    print(f"{len(wanted)} pages, {len(wrong)} written anew, {len(stray)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
