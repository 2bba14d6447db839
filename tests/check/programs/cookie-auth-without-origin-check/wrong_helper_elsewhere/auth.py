from fastapi import HTTPException
from starlette.requests import HTTPConnection


async def current_user(http: HTTPConnection) -> str:
    token = http.cookies.get("access_token")
    if token is None:
        raise HTTPException(401)
    return token.title()
