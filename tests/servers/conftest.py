"""The servers under test, one at a time."""

import pytest

from tests.support.servers import MOST_KINDS, Server, Servers


@pytest.fixture(params=MOST_KINDS)
def server(request: pytest.FixtureRequest, servers: Servers) -> Server:
    """A server of each kind, with short deadlines."""
    return servers(request.param, "tests.servers.apps:quick")
