"""The files that no test can run: their syntax and their times. And the page about all of them."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from holdfast import Deadlines
from holdfast.cli.run import DEFAULTS, uvicorn_context
from tests.deploy.conftest import need
from tests.deploy.proxies import FILES, program
from tests.support.servers import ROOT

pytestmark = pytest.mark.newest

DEPLOY = ROOT / "deploy"
PAGE = ROOT / "docs" / "deploy.md"
TEXT = PAGE.read_text()
UNIT = DEPLOY / "holdfast.service"
LIFESPAN = 2 * Deadlines().cleanup_timeout


def service() -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(UNIT.read_text().replace("\\\n", " "))
    return parser["Service"]


def instructions() -> dict[str, list[str]]:
    """The image's, by name."""
    lines = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    found: dict[str, list[str]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            name, _, value = line.partition(" ")
            found.setdefault(name, []).append(value.strip())
    return found


def manifest(kind: str) -> Any:
    documents = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())
    return next(each for each in documents if each["kind"] == kind)


def pod() -> Any:
    return manifest("Deployment")["spec"]["template"]["spec"]


def options(command: list[str]) -> dict[str, Any]:
    """What `holdfast run` makes of a command."""
    assert [command[0].rpartition("/")[2], command[1]] == ["holdfast", "run"]
    run = click.Context(click.Command("run"), info_name="run")
    with uvicorn_context(run, command[2:], DEFAULTS) as context:
        return context.params


def graceful(command: list[str]) -> float:
    """Seconds to a graceful end, after which handlers have had the time that is promised them."""
    found = options(command)
    deadlines = Deadlines()
    seconds = float(found["timeout_graceful_shutdown"])
    assert seconds > deadlines.grace + 2 * deadlines.cleanup_timeout
    assert found["log_level"] == "warning"
    return seconds


def test_the_unit_leaves_time_to_end() -> None:
    seconds = graceful(shlex.split(service()["ExecStart"]))
    assert float(service()["TimeoutStopSec"]) > seconds + LIFESPAN


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    need("systemd-analyze")
    text = UNIT.read_text().replace("/srv/app/.venv/bin/holdfast", sys.executable)
    (tmp_path / UNIT.name).write_text(text)
    command = [program("systemd-analyze") or "", "verify", "--man=no", str(tmp_path / UNIT.name)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line for line in found.stderr.splitlines() if UNIT.name in line]
    assert not said, said
    assert found.returncode == 0


def test_kubernetes_leaves_time_to_end() -> None:
    container = pod()["containers"][0]
    seconds = graceful(container["command"])
    before = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod()["terminationGracePeriodSeconds"] > before + seconds + LIFESPAN


def test_kubernetes_names_fit_together() -> None:
    deployment, service, policy = map(manifest, ("Deployment", "Service", "NetworkPolicy"))
    container = pod()["containers"][0]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == labels
    assert service["spec"]["selector"] == labels
    assert policy["spec"]["podSelector"]["matchLabels"] == labels
    assert deployment["spec"]["replicas"] == 1
    port = container["ports"][0]
    assert options(container["command"])["port"] == port["containerPort"]
    used = [container[probe]["httpGet"] for probe in ("startupProbe", "readinessProbe")]
    assert {each["port"] for each in used} == {port["name"]}
    assert {each["path"] for each in used} == {"/ready"}
    assert service["spec"]["ports"][0]["targetPort"] == port["name"]


def test_the_image_runs_as_nobody_and_is_told_to_end() -> None:
    found = instructions()
    assert set(found) == {
        *("FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "STOPSIGNAL", "CMD")
    }
    (user,), (signal,) = found["USER"], found["STOPSIGNAL"]
    assert user.split(":")[0] == str(pod()["securityContext"]["runAsUser"]) != "0"
    assert signal == "SIGTERM"
    command = json.loads(found["CMD"][0])  # a shell would be process 1, and keep the signal
    assert found["EXPOSE"] == [str(options(command)["port"])]
    assert options(command)["host"] == "0.0.0.0"
    needed = graceful(command) + LIFESPAN
    for page in (TEXT, (DEPLOY / "Dockerfile").read_text()):
        given = re.findall(r"--stop-timeout (\d+)|stop_grace_period: (\d+)s", page)
        assert len(given) >= 2
        assert all(int(one or other) > needed for one, other in given)


@pytest.mark.parametrize("file", sorted(DEPLOY.iterdir()), ids=lambda file: file.name)
def test_the_page_leads_to_each_file(file: Path) -> None:
    assert f"(../deploy/{file.name})" in TEXT


def test_the_page_leads_nowhere_else() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", TEXT)
    assert [link for link in links if not (PAGE.parent / link).exists()] == []


def test_the_page_names_what_the_files_say() -> None:
    """Each setting in a row of its table stands so in the file of that column."""
    rows = re.findall(r"^\|[^|]+\| `([^|`]+)`[^|]*\| `([^|`]+)`[^|]*\|", TEXT, re.MULTILINE)
    assert len(rows) >= 8
    for row in rows:
        for setting, file in zip(row, FILES.values(), strict=True):
            assert setting in file.read_text(), f"{file.name} does not say {setting}"
