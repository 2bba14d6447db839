from typing import Annotated

from fastapi import Depends


class AsyncSession:
    def __init__(self):
        self.rows = []

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        self.rows.clear()


async def get_session():
    async with AsyncSession() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
