"""docs/doctor.md has every finding, in the words of the code."""

import re

from holdfast.doctor import RULES
from holdfast.doctor.report import as_table
from tests.support.servers import ROOT

PAGE = (ROOT / "docs" / "doctor.md").read_text()


def test_the_table_is_that_of_the_code() -> None:
    assert as_table(RULES) in PAGE, "run scripts/doctor_table.py"


def test_a_text_fits_into_its_cell() -> None:
    for rule in RULES:
        assert not re.search(r"[|\n]", rule.when + rule.why + rule.fix + rule.name)


def test_ids_are_never_given_twice() -> None:
    ids = [rule.id for rule in RULES]
    assert ids == sorted(set(ids))
    assert all(re.fullmatch(r"HD[1-5]\d\d", one) for one in ids)
