"""Measures Holdfast beside the tutorial's ConnectionManager and python-socketio.

Run it with ``make bench``, or ``python -m bench --help``.
"""
