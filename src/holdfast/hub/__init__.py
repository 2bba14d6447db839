"""The hub: channels as logs, subscribers as cursors. No network, no ASGI."""
