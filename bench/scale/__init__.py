"""Several workers over one Redis, side by side; what a Redis carries; and the arithmetic beyond.

``python -m bench scale``
"""
