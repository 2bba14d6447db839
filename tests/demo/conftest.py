"""The demo on real servers."""

import pytest

from tests.demo.visiting import APP
from tests.support.servers import MOST_KINDS, STOCK, Servers


@pytest.fixture(params=MOST_KINDS)
def port(request: pytest.FixtureRequest, servers: Servers) -> int:
    """The demo on every server, one after another."""
    return servers(request.param, APP).port


@pytest.fixture
def stock(servers: Servers) -> int:
    """The demo on the server that `holdfast demo` starts."""
    return servers(STOCK, APP).port
