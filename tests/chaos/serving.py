"""The workers under test: ``holdfast run --workers N``, a process group of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.servers import ROOT, RUNNING, Server, free_port

HOLDFAST = str(Path(sys.executable).with_name("holdfast"))


class Workers(Server):
    """As many processes as asked for; they listen when the constructor returns."""

    def __init__(self, backplane: str, workers: int, folder: Path) -> None:
        self.kind = f"holdfast run --workers {workers}"
        self.port = free_port()
        self.log = folder / f"workers-{self.port}.log"
        options = ("--workers", str(workers), "--port", str(self.port), "--no-access-log")
        paths = [str(ROOT), str(ROOT / "src")]
        settings = {"CHAOS_BACKPLANE": backplane, "PYTHONPATH": os.pathsep.join(paths)}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [HOLDFAST, "run", "tests.chaos.app:app", *options],
                cwd=ROOT,
                env={**os.environ, **settings, "PYTHONUNBUFFERED": "1"},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        RUNNING.append(self)
        try:
            self._wait_until_it_listens(30)
        except BaseException:
            self.stop()
            raise
