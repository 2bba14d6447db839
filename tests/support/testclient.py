"""What tests through FastAPI's synchronous TestClient share."""

from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect


def closed(client: Any) -> WebSocketDisconnect:
    """Read until the server has closed; returns how."""
    with pytest.raises(WebSocketDisconnect) as caught:
        while True:
            client.receive_text()
    return caught.value
