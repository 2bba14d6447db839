"""Installs a lock file, hashes checked, with whatever of it cannot be installed left out and named.

    python bench/install.py LOCKFILE

Runs in the environment that it fills, where nothing else is installed yet.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

PIP = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def pip(lock: str, *options: str) -> str:
    """Nothing if that went well, else pip's last line."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(lock)
        file.flush()
        command = [*PIP, "--require-hashes", *options, "-r", file.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return (errors or ["it said nothing"])[0]


def main(lock: Path) -> None:
    """All at once; if that fails, one after the other."""
    text = lock.read_text()
    if not pip(text):
        return
    for one in re.split(r"\n(?=\S)", text.strip()):
        if error := pip(one, "--no-deps"):
            print(f"{one.split('==')[0]} is left out: {error}", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
