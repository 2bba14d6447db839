"""Fixtures that several rooms share."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import shares
from tests.support.servers import KINDS, RUNNING, STOCK, Servers

if TYPE_CHECKING:
    from xdist.remote import Producer

FOREIGN = {*KINDS} - {STOCK, "holdfast"}
SOONER = 5  # seconds that a coroutine's own end comes before that by pytest-timeout


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Real servers, shared by the tests that ask for the same one."""
    started = Servers(tmp_path_factory.mktemp("servers"))
    yield started
    started.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What a test is given another server for, the lowest FastAPI does not change: `newest`.

    The same servers are in both environments; the sample of the matrix plays all of them there.
    """
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: shares.rank(item.nodeid))
    for item in items:
        given = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if any(isinstance(value, str) and value in FOREIGN for value in given):
            item.add_marker(pytest.mark.newest)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """End what waits for ever. uvloop takes what pytest-timeout raises for a callback's error."""
    if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
        test = item.obj
        marker = item.get_closest_marker("timeout")
        longest = float(marker.args[0] if marker else item.config.getini("timeout")) - SOONER

        @functools.wraps(test)
        async def limited(*args: Any, **kwargs: Any) -> None:
            async with asyncio.timeout(longest):
                await test(*args, **kwargs)

        item.obj = limited
    return (yield)


@pytest.hookimpl(optionalhook=True)  # without xdist there is nothing to share out
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> shares.Shares | None:
    """With `--dist loadfile` files are shared out by their rank, browsers in rows."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return shares.Shares(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A test that fails shows the end of what the servers logged."""
    report = yield
    if report.failed:
        for server in RUNNING:
            tail = "\n".join(server.text.splitlines()[-60:])
            report.sections.append((f"log of {server.kind} on port {server.port}", tail))
    return report
