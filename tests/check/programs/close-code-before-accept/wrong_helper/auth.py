async def authenticate(websocket):
    """Give the user, or close the socket and give None."""
    user = websocket.headers.get("x-user")
    if not user:
        await websocket.close(code=4401)  # here
        return None
    return user
