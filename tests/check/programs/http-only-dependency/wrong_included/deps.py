from fastapi import HTTPException, Request

paths: dict[str, int] = {}


def counted(request: Request) -> None:
    paths[request.url.path] = paths.get(request.url.path, 0) + 1


async def signed_in(request: Request) -> None:
    if "user" not in request.cookies:
        raise HTTPException(401)
