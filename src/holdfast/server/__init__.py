"""The fast lane: a WebSocket protocol for uvicorn, and the link that Holdfast writes through.

$ uvicorn app:app --ws holdfast.server:Protocol

Any ASGI application runs on it unchanged. Connections of Holdfast's own find it in their scope's
extensions and need no task while they only react; how is in asgi/lane.py.
"""

from holdfast.server.protocol import Protocol

__all__ = ["Protocol"]
