from fastapi import HTTPException

ITEMS = {"a": 1}


def get_item(name):
    """Routes of both kinds use this."""
    if name not in ITEMS:
        raise HTTPException(404, "no such item")
    return ITEMS[name]
