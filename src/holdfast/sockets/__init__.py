"""Sockets seen from outside: what the kernel tells of one, and the watch over links that wait."""
