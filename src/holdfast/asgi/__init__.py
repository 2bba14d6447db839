"""The FastAPI face of Holdfast. Works on any ASGI server."""
