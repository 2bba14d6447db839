"""Opens a listening socket, and says in a sentence why one cannot be had."""

from __future__ import annotations

import errno
import socket

import click


def listen(host: str, port: int) -> socket.socket:
    """Open the listening socket. Raises ``click.ClickException`` with what is wrong."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise click.ClickException(refusal(host, port, error)) from error


def refusal(host: str, port: int, error: OSError) -> str:
    """Say why a socket could not be opened, and what helps."""
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use: choose another one with --port"
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for the system: choose one above 1023 with --port"
    return f"Cannot listen on {host} port {port}: {error.strerror or error}"
