"""The fault matrix: every way a connection ends, under every kind of handler, on every server."""
