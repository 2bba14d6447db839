from fastapi import HTTPException


async def check(websocket):
    """Called before the socket is accepted."""
    if "x-user" not in websocket.headers:
        raise HTTPException(401)


def nested():
    async def later():
        raise HTTPException(500)

    return later
