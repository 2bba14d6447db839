from typing import Annotated

from fastapi import Depends, Request


class Settings:
    secret = "secret"


def get_settings() -> Settings:
    return Settings()


async def current_user(
    request: Request,
    settings: Settings = Depends(get_settings),
) -> str:
    return request.cookies.get(settings.secret, "nobody")


CurrentUser = Annotated[str, Depends(current_user)]
