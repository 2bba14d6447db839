"""Facts about the machine and the programs that a figure depends on."""

import os
import platform
from pathlib import Path

import psutil

from bench.peers import versions


def facts(cores: tuple[int, int] | None) -> dict[str, str]:
    """Name and value, in the order in which they are shown."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "pinned": f"server to core {cores[0]}, client to core {cores[1]}" if cores else "no",
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load before": f"{psutil.getloadavg()[0]:.2f}",
        "packages": versions(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
