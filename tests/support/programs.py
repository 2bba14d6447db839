"""The checker's test programs, imported afresh as a user's server would import them."""

import importlib.util
import itertools
import sys
from pathlib import Path
from types import ModuleType

PROGRAMS = Path(__file__).parent.parent / "check" / "programs"
PREFIX = "check_program_"
_count = itertools.count()


def load(rule: str, name: str) -> ModuleType:
    """Import `programs/<rule>/<name>.py`, or the `main.py` of a folder of that name."""
    place = PROGRAMS / rule / name
    return load_file(place / "main.py" if place.is_dir() else place.with_suffix(".py"))


def load_file(path: Path) -> ModuleType:
    """Import a file under a name of its own; what it imports from its folder is forgotten after."""
    before = {*sys.modules}
    sys.path.insert(0, str(path.parent))
    try:
        return _imported(path)
    finally:
        sys.path.remove(str(path.parent))
        for name in {*sys.modules} - before:
            file = getattr(sys.modules[name], "__file__", None)
            if not name.startswith(PREFIX) and file and Path(file).is_relative_to(path.parent):
                del sys.modules[name]


def _imported(path: Path) -> ModuleType:
    name = f"{PREFIX}{next(_count)}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
