"""Every coroutine test here runs on asyncio's own event loop, and again on uvloop."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import uvloop
from fastapi import FastAPI

from holdfast import Deadlines, Holdfast
from holdfast.server.lane import Patience
from tests.server.support import Certificate

LOOPS = {"asyncio": asyncio.SelectorEventLoop, "uvloop": uvloop.new_event_loop}


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return LOOPS


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def app() -> FastAPI:
    return FastAPI()


@pytest.fixture
def hf(app: FastAPI) -> Holdfast:
    """With short deadlines."""
    times = {"grace": 0.3, "cleanup_timeout": 1.0, "close_timeout": 1.0, "send_timeout": 1.0}
    return Holdfast(app, deadlines=Deadlines(**times))


@pytest.fixture
def seen() -> list[Any]:
    """What an application notes for its test."""
    return []


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short deadlines for applications that are none of Holdfast's."""
    monkeypatch.setattr(Patience, "send_timeout", 0.8)
    monkeypatch.setattr(Patience, "close_timeout", 0.8)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Only adoption is about FastAPI; the rest knows uvicorn, whose version is the same."""
    for item in items:
        if item.path.parent.name == "server" and item.path.name != "test_adoption.py":
            item.add_marker("newest")
