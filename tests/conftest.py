"""Fixtures that several rooms share."""

from collections.abc import Iterator

import pytest

from tests.support.servers import RUNNING, Servers


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Real servers, shared by the tests that ask for the same one."""
    started = Servers(tmp_path_factory.mktemp("servers"))
    yield started
    started.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A test that fails shows the end of what the servers logged."""
    report = yield
    if report.failed:
        for server in RUNNING:
            tail = "\n".join(server.text.splitlines()[-60:])
            report.sections.append((f"log of {server.kind} on port {server.port}", tail))
    return report
