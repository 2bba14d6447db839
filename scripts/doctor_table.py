"""Writes the table of findings into docs/doctor.md; a test compares it."""

from pathlib import Path

from holdfast.doctor import RULES
from holdfast.doctor.report import as_table

PAGE = Path(__file__).parent.parent / "docs" / "doctor.md"
BEGIN = "<!-- table: written by scripts/doctor_table.py -->\n"
END = "<!-- end of table -->\n"


def renewed(page: str) -> str:
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}{as_table(RULES)}\n{END}{tail}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text()))
