from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, WebSocket
from fastapi.requests import HTTPConnection
from fastapi.security import HTTPBearer, OAuth2PasswordBearer

oauth2 = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)


def get_user(connection: HTTPConnection) -> str:
    return connection.headers.get("x-user", "nobody")


async def get_token(websocket: WebSocket, token: str = "") -> str:
    return token or websocket.cookies.get("token", "")


class Limiter:
    async def __call__(self, connection: HTTPConnection) -> None:
        print(connection.client)


router = APIRouter(dependencies=[Depends(Limiter())])
app = FastAPI(dependencies=[Depends(get_user)])


@router.websocket("/ws")
async def endpoint(
    websocket: WebSocket,
    user: Annotated[str, Depends(get_user)],
    token: str = Depends(get_token),
    bearer=Depends(oauth2),
    other=Depends(HTTPBearer(auto_error=False)),
):
    await websocket.accept()
    await websocket.send_json([user, token, bearer])
    await websocket.close()


app.include_router(router)
