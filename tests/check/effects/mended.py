"""Programs as the fixes of a rule leave them."""

from pathlib import Path
from types import ModuleType

from holdfast.check.code.project import Project
from holdfast.check.files.fixing import apply_edits
from holdfast.check.rules import RULES
from tests.support.programs import PROGRAMS, load_file


def mended(rule: str, name: str, folder: Path) -> ModuleType:
    """Apply a rule's fixes to a program of one file, and import what comes of it."""
    path = PROGRAMS / rule / f"{name}.py"
    text = path.read_text()
    module = Project([path]).parse(text, path)
    problems = [one for found in RULES if found.name == rule for one in found.find(module)]
    edits = [edit for one in problems if one.fix for edit in one.fix.edits]
    assert edits, f"{rule} offers no fix for {name}"
    copy = folder / f"{name}.py"
    copy.write_text(apply_edits(text, edits))
    return load_file(copy)
