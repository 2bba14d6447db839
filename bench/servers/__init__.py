"""The same small application three times: broadcast on order, and echo."""
