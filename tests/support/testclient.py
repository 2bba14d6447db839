"""What tests through FastAPI's synchronous TestClient share."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect


def until(condition: Callable[[], bool], deadline: float = 5.0) -> None:
    """Return when the condition holds; fail after ``deadline`` seconds."""
    end = time.monotonic() + deadline
    while not condition():
        assert time.monotonic() < end, "the condition did not come true"
        time.sleep(0.005)  # polling


def closed(client: Any) -> WebSocketDisconnect:
    """Read until the server has closed; returns how."""
    with pytest.raises(WebSocketDisconnect) as caught:
        while True:
            client.receive_text()
    return caught.value
