"""Bytes between processes: the port, and the brokers behind it. Knows no connections."""
