"""The pytest plugin: marker and fixture ``leak_check``, and two options for a whole suite.

Loaded at every start of pytest, so nothing is imported here that is not needed then.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

NAME = "leak_check"
OPTION = "holdfast_leak_check"
TIMEOUT = "holdfast_leak_timeout"
MARKER = (
    f"{NAME}(enabled=True, *, timeout=10.0, allow=()): fail if the test leaves tasks, sockets or "
    "Holdfast's connections behind (holdfast.testing)"
)
UNITTEST = (
    f"{NAME} cannot stand around a coroutine of unittest.TestCase: "
    "write `async with assert_no_leaks():` in it"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options for a whole suite."""
    every = f"check every coroutine test on asyncio as @pytest.mark.{NAME} does (holdfast.testing)"
    parser.addini(OPTION, every, type="bool", default=False)
    seconds = f"seconds that {NAME} waits for what a test has begun to be over"
    parser.addini(TIMEOUT, seconds, default="10")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(name=NAME)
def fixture() -> None:
    """Fail this test if it leaves tasks, sockets or Holdfast's connections behind."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Check a test that asks for it, within its event loop; its fixtures stand around that."""
    marker = item.get_closest_marker(NAME)
    refused = marker is not None and marker.args[:1] == (False,)
    asked = marker is not None or NAME in getattr(item, "fixturenames", ())
    if refused or not isinstance(item, pytest.Function):
        yield
    elif asked:
        with _replaced(item, _check, marker.kwargs if marker is not None else {}):
            yield
    elif item.config.getini(OPTION):
        with _replaced(item, _check_on_asyncio, {}):
            yield
    else:
        yield


@contextmanager
def _replaced(
    item: pytest.Function, check: Callable[..., Any], options: Mapping[str, Any]
) -> Generator[None, None, None]:
    """Put another function in the test's place: what runs it, any plugin, takes it for the test."""
    owner, name = item, "obj"
    if hasattr(item.obj, "hypothesis"):  # which calls this one for each example
        owner, name = item.obj.hypothesis, "inner_test"
    test = getattr(owner, name)
    options = {"timeout": float(item.config.getini(TIMEOUT)), **options}
    replacement = check(test, options, _by_unittest(item))
    setattr(owner, name, replacement)
    try:
        yield
    finally:
        setattr(owner, name, test)


def _check(test: Callable[..., Any], options: Mapping[str, Any], by_unittest: bool) -> Any:
    """The test, checked, whatever it is."""
    from holdfast.testing.leaks import LeakError, assert_no_leaks

    @functools.wraps(test)
    async def checked(*args: Any, **kwargs: Any) -> Any:
        try:
            async with assert_no_leaks(**options):
                return await test(*args, **kwargs)
        except LeakError as error:  # the report says more than a traceback through the event loop
            raise pytest.fail.Exception(str(error), pytrace=False) from None

    @functools.wraps(test)
    def checked_sync(*args: Any, **kwargs: Any) -> Any:
        try:
            with assert_no_leaks(**options):
                return test(*args, **kwargs)
        except LeakError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None

    if not inspect.iscoroutinefunction(test):
        return checked_sync
    if by_unittest:  # which asks its own class for the coroutine
        pytest.fail(UNITTEST, pytrace=False)
    return checked


def _check_on_asyncio(
    test: Callable[..., Any], options: Mapping[str, Any], by_unittest: bool
) -> Any:
    """The test, checked if it is a coroutine and runs on asyncio."""
    if by_unittest or not inspect.iscoroutinefunction(test):
        return test
    from holdfast.testing.waiting import on_asyncio

    whole = _check(test, options, by_unittest)

    @functools.wraps(test)
    async def checked(*args: Any, **kwargs: Any) -> Any:
        return await (whole if on_asyncio() else test)(*args, **kwargs)

    return checked


def _by_unittest(item: pytest.Function) -> bool:
    unittest = sys.modules.get("unittest")
    return unittest is not None and isinstance(item.instance, unittest.TestCase)
